import { useQueryClient } from "@tanstack/react-query";
import { type ComponentProps, useId } from "react";
import { queryKey } from "../../api/keys.ts";
import type { useMemories } from "../../api/memories.ts";
import { Input } from "../../ui/field.tsx";

type Pages = NonNullable<ReturnType<typeof useMemories>["data"]>;

/** What Steward itself uses. */
const USUAL = ["general", "preference", "project", "rule", "summary"];

/** Any category; those that have been seen are offered. */
export const CategoryInput = (props: ComponentProps<typeof Input>) => {
  const list = useId();
  const queries = useQueryClient();
  const lists = queries.getQueriesData<Pages>({ queryKey: queryKey("memories", "list") });
  const seen = lists.flatMap(([, data]) =>
    (data?.pages ?? []).flatMap(({ memories }) => memories.map(({ category }) => category)),
  );
  return (
    <>
      <Input {...props} list={list} maxLength={64} autoComplete="off" dir="auto" />
      <datalist id={list}>
        {[...new Set([...USUAL, ...seen])].map((category) => (
          <option key={category} value={category} />
        ))}
      </datalist>
    </>
  );
};
