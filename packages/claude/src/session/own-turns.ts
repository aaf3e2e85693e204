import type { CliEvent } from "../cli-event.ts";

/**
 * Tells the turns that the CLI takes of its own (a background task of its has ended) from ours. Its `result` says whose
 * it was, but only at the end; until then this goes by what stands before it.
 */
export interface OwnTurns {
  readonly isRunning: boolean;
  /** Any event but a result, in order. Answers what has changed by it. */
  see(event: CliEvent, ours: { replayed: boolean } | undefined): "started" | "ended" | null;
  /** A turn has ended, ours or its own. */
  ended(): void;
}

const CONTENT: readonly CliEvent["type"][] = [
  "text_delta",
  "thinking_delta",
  "thinking_started",
  "assistant_text",
  "tool_started",
];

export function createOwnTurns(): OwnTurns {
  let running = false;
  let taskEnded = false;
  /** 2.1.328 acknowledges a turn before its first word, 2.1.197 after it. Learned from the first turn of the process. */
  let acknowledgesFirst: boolean | undefined;

  const become = (isOwn: boolean): "started" | "ended" | null => {
    if (isOwn === running) return null;
    running = isOwn;
    return isOwn ? "started" : "ended";
  };

  return {
    get isRunning() {
      return running;
    },
    see(event, ours) {
      if (event.type === "task_finished") taskEnded = true;
      if (event.type === "turn_started") {
        // With a turn of ours on its way, one that comes right after a task's end is the CLI's own: ours has not been
        // taken up. If it was taken into that one, its acknowledgement tells in a moment.
        const isOwn = ours === undefined || (!ours.replayed && (running || taskEnded));
        taskEnded = false;
        return become(isOwn);
      }
      if (event.type === "user_replayed" && ours?.replayed === true) {
        acknowledgesFirst ??= true;
        return become(false);
      }
      if (ours?.replayed === false && !running && CONTENT.includes(event.type)) {
        acknowledgesFirst ??= false;
        // Ours would have been acknowledged before.
        return acknowledgesFirst ? become(true) : null;
      }
      return null;
    },
    ended() {
      running = false;
      taskEnded = false;
    },
  };
}
