import { translate } from "@steward/contract/messages";
import type { Hop, TurnTrace } from "@steward/contract/turn-history";
import { plainText } from "../outbound/messenger.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";
import { shorten } from "./shorten.ts";

type Language = CommandRequest["language"];

/** Steps at the beginning and at the end that are shown of a long way. */
const FIRST_HOPS = 15;
const LAST_HOPS = 15;
const DETAIL_CHARACTERS = 70;

/** `/trace`: as a reply about that message's turn, else about the chat's last. */
export const createTraceCommand =
  ({ steward, messenger }: Pick<CommandDeps, "steward" | "messenger">): Command =>
  async ({ address, language, replyToMessageId }) => {
    const trace = await steward.trace(address, replyToMessageId);
    const text = trace === null ? translate(language, "bot.trace.none") : describeHops(trace, language);
    await messenger.say(address, plainText(text));
  };

function describeHops({ turn, hops, recalls, logKept }: TurnTrace, language: Language): string {
  const begin = hops[0]?.at ?? turn.receivedAt;
  const lineOf = ({ at, hop, detail }: Hop): string => {
    const line = `${offset(at - begin)} ${translate(language, `bot.hop.${hop}`)}`;
    return detail === "" ? line : `${line} · ${shorten(detail, DETAIL_CHARACTERS)}`;
  };
  const left = hops.length - FIRST_HOPS - LAST_HOPS;
  const lines =
    left > 0
      ? [
          ...hops.slice(0, FIRST_HOPS).map(lineOf),
          translate(language, "bot.trace.more", { count: left }),
          ...hops.slice(-LAST_HOPS).map(lineOf),
        ]
      : hops.map(lineOf);
  const day = new Date(begin).toISOString().slice(0, 19).replace("T", " ");
  return [
    `🧭 “${shorten(turn.prompt)}”`,
    translate(language, "bot.trace.day", { day, id: turn.id }),
    "",
    ...lines,
    ...(recalls.length === 0 ? [] : [translate(language, "bot.trace.recalls", { count: recalls.length })]),
    ...(logKept ? [] : [translate(language, "bot.trace.old")]),
  ].join("\n");
}

/** Since the first step: `+0.4 s`, `+2:05 min`. */
function offset(ms: number): string {
  if (ms < 60_000) return `+${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1_000);
  return `+${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min`;
}
