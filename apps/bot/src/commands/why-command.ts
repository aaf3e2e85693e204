import { translate } from "@steward/contract/messages";
import type { RecalledNote, TurnTrace } from "@steward/contract/turn-history";
import { pickerKeyboard } from "../outbound/keyboard.ts";
import { plainText } from "../outbound/messenger.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";
import { shorten } from "./shorten.ts";

type Language = CommandRequest["language"];

const CONTENT_CHARACTERS = 160;
/** A keyboard that is longer than a screen helps nobody. */
const MOST_BUTTONS = 8;

/** `/why`: as a reply about that message's turn, else about the chat's last. What went into it, each with its source. */
export const createWhyCommand =
  ({ steward, messenger }: Pick<CommandDeps, "steward" | "messenger">): Command =>
  async ({ address, language, replyToMessageId }) => {
    const trace = await steward.trace(address, replyToMessageId);
    if (trace === null) {
      await messenger.say(address, plainText(translate(language, "bot.trace.none")));
      return;
    }
    const forgettable = trace.recalls.flatMap(({ memoryId, key, now }) =>
      memoryId !== null && now !== "forgotten" ? [{ memoryId, key }] : [],
    );
    const buttons = forgettable.slice(0, MOST_BUTTONS).map(({ memoryId, key }) => ({
      text: translate(language, "bot.button.forget", { key: shorten(key, 30) }),
      action: { kind: "forget" as const, memoryId },
    }));
    await messenger.say(address, plainText(describeReasons(trace, language)), {
      ...(buttons.length > 0 && { keyboard: pickerKeyboard(buttons, 1) }),
    });
  };

function describeReasons(trace: TurnTrace, language: Language): string {
  const { turn, files } = trace;
  return [
    `🔍 “${shorten(turn.prompt)}”`,
    turn.model === null
      ? translate(language, "bot.why.model_unknown")
      : translate(language, "bot.why.model", { model: turn.model }),
    turn.costUsd === null
      ? translate(language, "bot.why.cost_unknown")
      : translate(language, "bot.why.cost", { cost: `$${turn.costUsd.toFixed(4)}` }),
    describeTools(trace, language),
    ...(files.length === 0
      ? []
      : [translate(language, "bot.why.files", { names: files.map((name) => shorten(name, 60)).join(", ") })]),
    ...(turn.errorCode === null ? [] : [translate(language, "bot.why.failed", { code: turn.errorCode })]),
    ...describeNotes(trace.recalls, language),
  ].join("\n");
}

function describeTools({ turn, hops, logKept }: TurnTrace, language: Language): string {
  const tools = hops.filter(({ hop }) => hop === "tool").map(({ detail }) => detail.split(" ")[0] ?? "");
  if (turn.tools === 0 && tools.length === 0) return translate(language, "bot.why.no_tools");
  const counts = new Map<string, number>();
  for (const tool of tools) counts.set(tool, (counts.get(tool) ?? 0) + 1);
  const named = [...counts].map(([tool, count]) => (count === 1 ? tool : `${tool} ×${count}`)).join(", ");
  if (logKept && named !== "") return translate(language, "bot.why.tools", { tools: named });
  return translate(language, "bot.why.tools_forgotten", { count: turn.tools });
}

/** The notes that were put before the person's words; those of earlier turns are still before the model. */
function describeNotes(recalls: readonly RecalledNote[], language: Language): string[] {
  if (recalls.length === 0) return [translate(language, "bot.why.no_memories")];
  return [translate(language, "bot.why.memories"), ...recalls.map((note) => describeNote(note, language))];
}

function describeNote(note: RecalledNote, language: Language): string {
  const { memoryId, key, content, mode, now, at, userName, origin } = note;
  if (memoryId === null) return `• ${translate(language, "bot.why.shared", { characters: content.length })}`;
  if (now === "forgotten") return `• ${shorten(key, 60)} (${translate(language, "bot.why.now_forgotten")})`;
  const who = origin === "agent" ? translate(language, "bot.why.by_agent") : (userName ?? "");
  const day = at === null ? "" : new Date(at).toISOString().slice(0, 10);
  const facts = [
    translate(language, `bot.why.mode_${mode}`),
    who,
    day,
    ...(now === "changed" ? [translate(language, "bot.why.now_changed")] : []),
  ].filter((fact) => fact !== "");
  return `• ${shorten(key, 60)}: ${shorten(content, CONTENT_CHARACTERS)} (${facts.join(" · ")})`;
}
