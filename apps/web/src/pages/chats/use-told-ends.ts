import { useEffect, useRef } from "react";
import type { LiveTurn } from "../../live/turn-state.ts";
import { useSay } from "../../texts/texts.tsx";
import { useAnnouncer } from "../../ui/announcer.tsx";

/** Says it when a turn of this chat ends that was open before: its words are not read out while they grow. */
export const useToldEnds = (turns: readonly LiveTurn[]): void => {
  const say = useSay();
  const announcer = useAnnouncer();
  const open = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    for (const { turnId, end } of turns) {
      if (end === null || !open.current.has(turnId)) continue;
      announcer.say(
        end.state === "done"
          ? say("chat.answer_done")
          : say("chat.answer_ended", { how: say(`turn.${end.state}`) }),
      );
    }
    open.current = new Set(turns.filter(({ end }) => end === null).map(({ turnId }) => turnId));
  }, [turns, announcer, say]);
};
