import { SearchX, TextCursorInput } from "lucide-react";
import { type SearchQuestion, useSearch } from "../../api/search.ts";
import type { MemoryParams } from "../../app/router.tsx";
import { useSay } from "../../texts/texts.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ModeNotice } from "../search/mode-notice.tsx";
import { LONGEST_QUESTION } from "../search/search-question.ts";
import { MemoryRow } from "./memory-row.tsx";
import { isInScope, readScope } from "./memory-scope.ts";

/** As many as are found at once. */
const MOST = 100;

/** Memories that fit by meaning or words, best first. What the search cannot narrow down is left out afterwards. */
export const FoundMemories = ({ params, q }: { params: MemoryParams; q: string }) => {
  const say = useSay();
  const isTooLong = q.length > LONGEST_QUESTION;
  const botId = readScope(params.scope)?.botId;
  const question: SearchQuestion = {
    ...{ q, in: "memories", limit: MOST },
    ...(botId && { botId }),
    ...(params.category !== undefined && { category: params.category }),
  };
  const found = useSearch(isTooLong ? null : question);
  if (isTooLong) {
    return (
      <EmptyState icon={TextCursorInput} title={say("search.too_long")}>
        {say("search.too_long_text", { limit: LONGEST_QUESTION, count: q.length })}
      </EmptyState>
    );
  }
  return (
    <Loaded query={found} lines={6}>
      {(answer) => {
        const hits = answer.memories.filter(
          ({ memory }) => isInScope(memory, params.scope) && (!params.pinned || memory.pinned),
        );
        return (
          <div className="grid gap-4" aria-busy={found.isPlaceholderData}>
            <ModeNotice answer={answer}>
              <span role="status">
                {found.isPlaceholderData
                  ? say("search.searching")
                  : say("search.found_memories", { count: hits.length })}
              </span>
            </ModeNotice>
            <Card flush>
              {hits.length === 0 ? (
                <EmptyState icon={SearchX} title={say("search.none")}>
                  {say("memory.none_found")}
                </EmptyState>
              ) : (
                <ul className="divide-y divide-line">
                  {hits.map((hit) => (
                    <MemoryRow key={hit.id} memory={hit.memory} hit={hit} />
                  ))}
                </ul>
              )}
            </Card>
          </div>
        );
      }}
    </Loaded>
  );
};
