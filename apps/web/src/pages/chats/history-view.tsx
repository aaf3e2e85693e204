import type { HistoryMessage } from "@steward/contract/history";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { LiveTurn } from "../../live/turn-state.ts";
import { useSay } from "../../texts/texts.tsx";
import { Button } from "../../ui/button.tsx";
import { allMessages, isAtEnd } from "./chat-pages.ts";
import { LiveAnswer } from "./live-answer.tsx";
import { Message } from "./message.tsx";
import type { ChatMessages } from "./use-chat-messages.ts";

/** Nearer than this to an end, what is behind it is loaded. */
const NEAR_PX = 800;

/** An answer has the key of its turn, as its live turn had before: it takes over its place and its height. */
const keysOf = (messages: readonly HistoryMessage[]): readonly (string | number)[] => {
  const taken = new Set<string>();
  return messages.map(({ id, role, turnId }) => {
    if (role !== "assistant" || turnId === null || taken.has(turnId)) return id;
    taken.add(turnId);
    return turnId;
  });
};

/** All that was said, of which only what is near the screen is drawn; below it what is being said now. */
export const HistoryView = ({
  history,
  turns,
  at,
}: {
  history: ChatMessages;
  turns: readonly LiveTurn[];
  at: number | null;
}) => {
  const say = useSay();
  const scroller = useRef<HTMLDivElement>(null);
  const { pages } = history;
  const messages = useMemo(() => (pages ? allMessages(pages) : []), [pages]);
  const keys = useMemo(() => keysOf(messages), [messages]);
  const atEnd = pages !== null && isAtEnd(pages);
  const shownTurns = atEnd ? turns : [];
  const count = messages.length + shownTurns.length;
  const [isBelow, setBelow] = useState(false);

  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => 120,
    overscan: 4,
    // Who reads the end stays at the end, and who reads further up stays where they read.
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: 80,
    getItemKey: (index) => keys[index] ?? shownTurns[index - messages.length]?.turnId ?? index,
    useAnimationFrameWithResizeObserver: true,
  });

  /** Where to go as soon as it is there: to a message, or to the end. Null: nowhere, somebody reads. */
  const goal = useRef<number | "end" | null>(at ?? "end");
  useEffect(() => {
    const wanted = goal.current;
    if (wanted === null || count === 0) return;
    goal.current = null;
    const index = messages.findIndex(({ id }) => id === wanted);
    if (index >= 0) virtualizer.scrollToIndex(index, { align: "center" });
    else virtualizer.scrollToEnd();
  }, [count, messages, virtualizer]);

  const scrolled = (): void => {
    const element = scroller.current;
    if (!element) return;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (element.scrollTop < NEAR_PX) history.loadEarlier();
    if (below < NEAR_PX) history.loadLater();
    setBelow(below > NEAR_PX || !atEnd);
  };
  const toEnd = (): void => {
    if (atEnd) virtualizer.scrollToEnd();
    else {
      goal.current = "end";
      history.toEnd(() => {
        goal.current = null;
      });
    }
  };

  return (
    <div className="relative min-h-0 grow">
      <div
        ref={scroller}
        onScroll={scrolled}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: not every browser lets the keyboard into what scrolls by itself
        tabIndex={0}
        role="log"
        data-goes-on
        // Each word of an answer that grows, and all that is scrolled in, would be read out.
        aria-live="off"
        aria-label={say("chat.history")}
        className="h-full overflow-y-auto overscroll-contain outline-offset-[-2px]"
      >
        <div className="relative mx-auto w-full max-w-4xl" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const message = messages[item.index];
            const turn = shownTurns[item.index - messages.length];
            return (
              <div
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {message && <Message message={message} isFound={message.id === at} />}
                {turn && <LiveAnswer turn={turn} />}
              </div>
            );
          })}
        </div>
      </div>
      {isBelow && (
        <div className="absolute inset-x-0 bottom-3 flex justify-center">
          <Button size="small" className="rounded-full shadow-lg" onClick={toEnd}>
            <ArrowDown className="size-4" aria-hidden />
            {say("chat.to_end")}
          </Button>
        </div>
      )}
    </div>
  );
};
