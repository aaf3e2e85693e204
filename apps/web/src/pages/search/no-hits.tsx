import type { SearchAnswerBody } from "@steward/contract/search";
import { CalendarX2, Search, SearchX, TextCursorInput } from "lucide-react";
import type { SearchParams } from "../../app/router.tsx";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ModeNotice } from "./mode-notice.tsx";
import { countFilters, NO_FILTERS } from "./search-filters.tsx";
import { type Asked, LONGEST_QUESTION } from "./search-question.ts";

/** Nothing is asked yet, or it cannot be. */
export const NotAsked = ({ asked, length }: { asked: Asked; length: number }) => {
  const say = useSay();
  const { language } = useLanguage();
  const count = (value: number): string => new Intl.NumberFormat(language).format(value);
  if (asked.is !== "problem") {
    return (
      <EmptyState icon={Search} title={say("search.start")}>
        {say("search.start_text")}
      </EmptyState>
    );
  }
  const isTooLong = asked.problem === "too_long";
  return (
    <div role="alert">
      {isTooLong ? (
        <EmptyState icon={TextCursorInput} title={say("search.too_long")}>
          {say("search.too_long_text", { limit: count(LONGEST_QUESTION), count: count(length) })}
        </EmptyState>
      ) : (
        <EmptyState icon={CalendarX2} title={say("search.days_reversed")}>
          {say("search.days_reversed_text")}
        </EmptyState>
      )}
    </div>
  );
};

/** Nothing fits: how it was looked for, and what could be tried. */
export const NoHits = ({
  params,
  answer,
  change,
}: {
  params: SearchParams;
  answer: SearchAnswerBody;
  change: (next: Partial<SearchParams>) => void;
}) => {
  const say = useSay();
  const isFiltered = countFilters(params) > 0 || params.in !== undefined;
  const words = params.q?.trim() ?? "";
  return (
    <div className="grid gap-4">
      <ModeNotice answer={answer} />
      <EmptyState icon={SearchX} title={say("search.none")}>
        <p className="line-clamp-4 [overflow-wrap:anywhere]">
          {say(isFiltered ? "search.none_filtered" : "search.none_text", { words })}
        </p>
        {isFiltered && (
          <Button className="mt-3" onClick={() => change(NO_FILTERS)}>
            {say("search.filters_clear")}
          </Button>
        )}
      </EmptyState>
    </div>
  );
};
