import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { SearchParams } from "../../app/router.tsx";
import { useSay } from "../../texts/texts.tsx";
import { Page } from "../../ui/page.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { SearchAnswer } from "./search-answer.tsx";
import { SearchFilters } from "./search-filters.tsx";
import { useHitKeys } from "./use-hit-keys.ts";

const route = getRouteApi("/search");

/** One field for everything that was said and is remembered. What is searched for stands in the address. */
export const SearchPage = () => {
  const say = useSay();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const press = useHitKeys(field);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  // Each letter is no place to come back to.
  const change = (next: Partial<SearchParams>): void => {
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  };
  return (
    <Page title={say("nav.search")} description={say("search.about")}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the field and the links within */}
      <div className="grid gap-4" onKeyDown={press}>
        <SearchField
          large
          label={say("search.field")}
          field={field}
          asked={params.q ?? ""}
          ask={(q) => change({ q: q || undefined })}
        />
        <SearchFilters params={params} change={change} />
        <SearchAnswer params={params} change={change} />
      </div>
    </Page>
  );
};
