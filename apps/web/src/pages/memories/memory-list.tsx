import type { MemoryRecord } from "@steward/contract/memory-records";
import { Brain, SearchX } from "lucide-react";
import { useMemories } from "../../api/memories.ts";
import type { MemoryParams } from "../../app/router.tsx";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { LoadMore } from "../../ui/load-more.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { FoundMemories } from "./found-memories.tsx";
import { MemoryRow } from "./memory-row.tsx";
import { scopeQuery } from "./memory-scope.ts";

type Change = (next: Partial<MemoryParams>) => void;

/** What is remembered, or the part of it that fits. */
export const MemoryList = ({ params, change }: { params: MemoryParams; change: Change }) =>
  params.q ? <FoundMemories params={params} q={params.q} /> : <AllMemories params={params} change={change} />;

const AllMemories = ({ params, change }: { params: MemoryParams; change: Change }) => {
  const say = useSay();
  const { language } = useLanguage();
  const query = useMemories({
    ...scopeQuery(params.scope),
    state: "accepted",
    limit: 50,
    ...(params.category !== undefined && { category: params.category }),
    ...(params.pinned && { pinned: "true" }),
    ...(params.expired && { expired: "true" }),
  });
  const total = query.data?.pages[0]?.total;
  return (
    <Card
      title={say("memory.view_list")}
      aside={
        total !== undefined && (
          <span className="text-xs text-soft tabular-nums">
            {new Intl.NumberFormat(language).format(total)}
          </span>
        )
      }
      flush
    >
      <Loaded query={query} lines={6}>
        {({ pages }) => {
          const memories = pages.flatMap((page) => page.memories);
          if (memories.length === 0) return <Nothing params={params} change={change} />;
          return (
            <>
              <Rows memories={memories} />
              <LoadMore query={query}>{say("memory.more")}</LoadMore>
            </>
          );
        }}
      </Loaded>
    </Card>
  );
};

const Rows = ({ memories }: { memories: readonly MemoryRecord[] }) => (
  <ul className="divide-y divide-line">
    {memories.map((memory) => (
      <MemoryRow key={memory.id} memory={memory} />
    ))}
  </ul>
);

const Nothing = ({ params, change }: { params: MemoryParams; change: Change }) => {
  const say = useSay();
  const isFiltered = Boolean(params.scope ?? params.category ?? params.pinned);
  return isFiltered ? (
    <EmptyState icon={SearchX} title={say("memory.none_filtered")}>
      <Button
        className="mt-2"
        onClick={() => change({ scope: undefined, category: undefined, pinned: undefined })}
      >
        {say("search.filters_clear")}
      </Button>
    </EmptyState>
  ) : (
    <EmptyState icon={Brain} title={say("memory.none")}>
      {say("memory.none_text")}
    </EmptyState>
  );
};
