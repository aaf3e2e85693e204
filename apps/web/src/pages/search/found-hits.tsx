import type { SearchAnswerBody } from "@steward/contract/search";
import type { ReactNode } from "react";
import type { SearchQuestion } from "../../api/search.ts";
import { useSay } from "../../texts/texts.tsx";
import { Card } from "../../ui/card.tsx";
import { classes } from "../../ui/classes.ts";
import { LoadMore } from "../../ui/load-more.tsx";
import { MemoryHit } from "./memory-hit.tsx";
import { MessageHit } from "./message-hit.tsx";
import { ModeNotice } from "./mode-notice.tsx";

/** @param isOld what is shown is the answer before, until the new one is there */
export const FoundHits = ({
  answer,
  isOld,
  limit,
  within,
  leavesMemoriesOut,
  more,
}: {
  answer: SearchAnswerBody;
  isOld: boolean;
  limit: number;
  within: SearchQuestion["in"];
  leavesMemoriesOut: boolean;
  more: (() => void) | null;
}) => {
  const say = useSay();
  const { messages, memories } = answer;
  const counts = [
    ...(within === "memories" ? [] : [say("search.found_messages", { count: messages.length })]),
    ...(within === "messages" ? [] : [say("search.found_memories", { count: memories.length })]),
  ];
  const isCut = messages.length >= limit || memories.length >= limit;
  return (
    <div
      aria-busy={isOld}
      className={classes("grid gap-4 transition-opacity duration-300", isOld && "opacity-70 delay-300")}
    >
      <ModeNotice answer={answer}>
        <span role="status">{isOld ? say("search.searching") : counts.join(" · ")}</span>
      </ModeNotice>
      {leavesMemoriesOut && <p className="text-xs text-soft">{say("search.no_memories_filtered")}</p>}
      {memories.length > 0 && (
        <Hits title={say("search.memories")} count={memories.length} limit={limit}>
          {memories.map((hit) => (
            <MemoryHit key={hit.id} hit={hit} />
          ))}
        </Hits>
      )}
      {messages.length > 0 && (
        <Hits title={say("search.messages")} count={messages.length} limit={limit}>
          {messages.map((hit) => (
            <MessageHit key={hit.id} hit={hit} />
          ))}
        </Hits>
      )}
      <LoadMore
        className="justify-self-center"
        query={{
          hasNextPage: isCut && more !== null && !isOld,
          isFetchingNextPage: isOld,
          fetchNextPage: () => more?.(),
        }}
      >
        {say("search.more")}
      </LoadMore>
    </div>
  );
};

const Hits = ({
  title,
  count,
  limit,
  children,
}: {
  title: string;
  count: number;
  limit: number;
  children: ReactNode;
}) => {
  const say = useSay();
  return (
    <Card
      title={title}
      aside={
        <span className="text-xs text-soft tabular-nums">
          {count >= limit ? say("search.best", { count }) : count}
        </span>
      }
      flush
    >
      <ul className="divide-y divide-line">{children}</ul>
    </Card>
  );
};
