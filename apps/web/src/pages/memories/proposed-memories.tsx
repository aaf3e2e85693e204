import { Inbox } from "lucide-react";
import { useMemories } from "../../api/memories.ts";
import type { MemoryParams } from "../../app/router.tsx";
import { useSay } from "../../texts/texts.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { LoadMore } from "../../ui/load-more.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { scopeQuery } from "./memory-scope.ts";
import { Proposal } from "./proposal.tsx";

/** What waits for a person's word. It stands above the others, and only when there is any. */
export const ProposedMemories = ({ params, isAlone }: { params: MemoryParams; isAlone: boolean }) => {
  const say = useSay();
  const query = useMemories({
    ...scopeQuery(params.scope),
    state: "proposed",
    expired: "true",
    limit: 20,
    ...(params.category !== undefined && { category: params.category }),
  });
  const total = query.data?.pages[0]?.total ?? 0;
  if (!isAlone && total === 0) return null;
  return (
    <Card title={say("memory.proposed_title")} aside={total > 0 && <Badge tone="warn">{total}</Badge>} flush>
      <Loaded query={query}>
        {({ pages }) =>
          total === 0 ? (
            <EmptyState icon={Inbox} title={say("memory.proposed_none")}>
              {say("memory.proposed_none_text")}
            </EmptyState>
          ) : (
            <>
              <ul className="divide-y divide-line">
                {pages
                  .flatMap((page) => page.memories)
                  .map((memory) => (
                    <Proposal key={memory.id} memory={memory} />
                  ))}
              </ul>
              <LoadMore query={query}>{say("memory.more")}</LoadMore>
            </>
          )
        }
      </Loaded>
    </Card>
  );
};
