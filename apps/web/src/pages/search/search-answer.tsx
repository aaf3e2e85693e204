import { useState } from "react";
import { useSearch } from "../../api/search.ts";
import type { SearchParams } from "../../app/router.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { FoundHits } from "./found-hits.tsx";
import { NoHits, NotAsked } from "./no-hits.tsx";
import { readQuestion } from "./search-question.ts";

/** Of each kind. */
const FEW = 20;
/** As many as are ever found at once; more would be no answer but a list. */
const MOST = 100;

/** What was found; or what to do that something is. */
export const SearchAnswer = ({
  params,
  change,
}: {
  params: SearchParams;
  change: (next: Partial<SearchParams>) => void;
}) => {
  // Whoever asks something else begins with few again.
  const [widened, setWidened] = useState<string | null>(null);
  const own = JSON.stringify(params);
  const limit = widened === own ? MOST : FEW;
  const asked = readQuestion(params, limit);
  const found = useSearch(asked.is === "question" ? asked.question : null);
  if (asked.is !== "question") return <NotAsked asked={asked} length={params.q?.length ?? 0} />;
  return (
    <Loaded query={found} lines={6}>
      {(answer) => {
        const isOld = found.isPlaceholderData;
        const isEmpty = answer.messages.length + answer.memories.length === 0;
        return isEmpty && !isOld ? (
          <NoHits params={params} answer={answer} change={change} />
        ) : (
          <FoundHits
            answer={answer}
            isOld={isOld}
            limit={limit}
            within={asked.question.in}
            leavesMemoriesOut={asked.leavesMemoriesOut}
            more={limit < MOST ? () => setWidened(own) : null}
          />
        );
      }}
    </Loaded>
  );
};
