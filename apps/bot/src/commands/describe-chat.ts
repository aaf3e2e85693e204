import type { ChatStatus } from "@steward/contract/chats";
import { type MessageKey, translate } from "@steward/contract/messages";
import type { FormattedText } from "@steward/telegram/render";
import { formatElapsed } from "@steward/telegram/status-text";
import type { CommandRequest } from "./command.ts";
import { shorten } from "./shorten.ts";

/** What a chat is doing, as one message: the first line is the answer, the rest is detail. */
export function describeChat(
  status: ChatStatus,
  language: CommandRequest["language"],
  nowMs: number,
): FormattedText {
  const say = (key: MessageKey, params: Record<string, string | number> = {}): string =>
    translate(language, key, params);
  const lines: string[] = [headline(status, nowMs, say)];
  if (status.running !== null) {
    const prompt = shorten(status.running.prompt);
    if (prompt !== "") lines.push(`“${prompt}”`);
  }
  if (status.hold !== undefined) lines.push(say(`bot.hold.${status.hold.kind}`));
  if (status.waiting > 0) {
    lines.push(say(status.held ? "bot.status.held" : "bot.status.waiting", { count: status.waiting }));
  }
  lines.push("");
  const { conversation } = status;
  if (conversation === null || conversation.turns === 0) lines.push(say("bot.status.no_conversation"));
  else {
    const cost = `$${conversation.costUsd.toFixed(2)}`;
    lines.push(say("bot.status.conversation", { turns: conversation.turns, cost }));
  }
  if (status.session.model !== null) lines.push(say("bot.status.model", { model: status.session.model }));
  const text = lines.join("\n");
  return { text, entities: [{ type: "bold", offset: 0, length: lines[0]?.length ?? 0 }] };
}

function headline(
  { running, session }: ChatStatus,
  nowMs: number,
  say: (key: MessageKey, params?: Record<string, string | number>) => string,
): string {
  if (running !== null) {
    if (running.startedAt === null) return say("bot.status.starting");
    const elapsed = formatElapsed(nowMs - running.startedAt);
    return running.tools === 0
      ? say("bot.status.working", { elapsed })
      : say("bot.status.working_tools", { elapsed, tools: running.tools });
  }
  if (session.state === "spawning" || session.state === "resuming") return say("bot.status.starting");
  return say(session.state === "ready" ? "bot.status.ready" : "bot.status.idle");
}
