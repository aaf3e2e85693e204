import type { Away } from "@steward/contract/chats";
import { translate } from "@steward/contract/messages";
import { plainText } from "../outbound/messenger.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";
import { shorten } from "./shorten.ts";

const LINE_CHARACTERS = 150;

/** `/away` and `/back`. */
export function createAwayCommands({ steward, messenger }: Pick<CommandDeps, "steward" | "messenger">): {
  away: Command;
  back: Command;
} {
  return {
    away: async ({ address, language }) => {
      await steward.setAway(address, true);
      await messenger.say(address, plainText(translate(language, "bot.away.on")));
    },
    back: async ({ address, language }) => {
      const away = await steward.setAway(address, false);
      await messenger.say(address, plainText(briefing(away, language)));
    },
  };
}

function briefing({ away, since, missed }: Away, language: CommandRequest["language"]): string {
  if (since === null || missed === null) return translate(language, away ? "bot.away.still" : "bot.away.not");
  const at = new Date(since).toISOString().slice(0, 16).replace("T", " ");
  const { answered, unanswered, questions, messages, more } = missed;
  if (messages.length === 0 && answered + unanswered + questions === 0)
    return translate(language, "bot.back.nothing", { since: at });
  const lines = messages.map(({ role, text }) => {
    const who = role === "user" ? translate(language, "bot.back.you") : "Claude";
    return `• ${who}: ${shorten(text, LINE_CHARACTERS)}`;
  });
  return [
    translate(language, "bot.back.title", { since: at, answered, unanswered, questions }),
    "",
    ...(more > 0 ? [translate(language, "bot.back.more", { count: more })] : []),
    ...lines,
  ].join("\n");
}
