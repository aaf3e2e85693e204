import { type MessageKey, translate } from "@steward/contract/messages";
import type { StatusState, StatusWords } from "@steward/telegram/status-text";

type Language = Parameters<typeof translate>[0];

const STATES: readonly Exclude<StatusState, "queued">[] = [
  "starting",
  "thinking",
  "working",
  "writing",
  "waiting_for_approval",
  "compacting",
  "stopping",
];

const wordsIn = (language: Language): StatusWords => {
  const say = (key: MessageKey, params?: Record<string, string | number>): string =>
    translate(language, key, params);
  const states = Object.fromEntries(STATES.map((state) => [state, say(`bot.activity.${state}`)]));
  return {
    // One entry for each of the list, which holds them all.
    states: states as StatusWords["states"],
    queued: (position) =>
      position === null ? say("bot.activity.queued") : say("bot.activity.queued_at", { position }),
    retrying: (attempt, attempts, seconds) => say("bot.activity.retrying", { attempt, attempts, seconds }),
    tools: (count) => (count === 1 ? say("bot.activity.one_tool") : say("bot.activity.tools", { count })),
    hidden: (count) => say("bot.activity.hidden", { count }),
  };
};

/** The words of status messages, out of the catalogue. */
export const STATUS_WORDS: Readonly<Record<Language, StatusWords>> = { en: wordsIn("en"), zh: wordsIn("zh") };
