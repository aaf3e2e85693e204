import { History } from "lucide-react";
import { useState } from "react";
import { useMemoryChanges } from "../../api/memories.ts";
import { useSay } from "../../texts/texts.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { LoadMore } from "../../ui/load-more.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ChangeLine } from "./change-line.tsx";
import { undoable } from "./changed-fields.ts";
import { isInScope } from "./memory-scope.ts";

const FEW = 50;
/** As many as the API tells. */
const MOST = 200;

/** The newest changes of all memories. */
export const ChangesView = ({ scope }: { scope: string | undefined }) => {
  const say = useSay();
  const [limit, setLimit] = useState(FEW);
  const query = useMemoryChanges(limit);
  return (
    <Card title={say("memory.view_changes")} flush>
      <Loaded query={query} lines={6}>
        {(all) => {
          const undo = undoable(all);
          const changes = all.filter(({ before, after }) => {
            const memory = after ?? before;
            return memory !== null && isInScope(memory, scope);
          });
          return changes.length === 0 ? (
            <EmptyState icon={History} title={say("memory.changes_none")}>
              {say("memory.changes_none_text")}
            </EmptyState>
          ) : (
            <>
              <ul className="divide-y divide-line px-4">
                {changes.map((change) => (
                  <ChangeLine key={change.id} change={change} canUndo={undo.has(change.id)} isNamed />
                ))}
              </ul>
              <LoadMore
                query={{
                  hasNextPage: all.length >= limit && limit < MOST,
                  isFetchingNextPage: query.isPlaceholderData,
                  fetchNextPage: () => setLimit(MOST),
                }}
              >
                {say("memory.more")}
              </LoadMore>
            </>
          );
        }}
      </Loaded>
    </Card>
  );
};
