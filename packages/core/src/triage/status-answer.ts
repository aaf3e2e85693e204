import type { ChatStatus } from "@steward/contract/chats";
import { translate } from "@steward/contract/messages";
import type { Language } from "@steward/schema/enums";

/** What a chat is doing, in words: the answer to a question that no model is needed for. */
export const answerStatus = (status: ChatStatus, language: Language, nowMs: number): string => {
  const { running, conversation, session, waiting } = status;
  const lines: string[] = [];
  if (running === null) lines.push(translate(language, "triage.status.idle"));
  else {
    const seconds = running.startedAt === null ? 0 : Math.round((nowMs - running.startedAt) / 1_000);
    const prompt = running.prompt.replaceAll(/\s+/g, " ").slice(0, 80);
    lines.push(translate(language, "triage.status.running", { seconds, tools: running.tools, prompt }));
  }
  if (waiting > 0) lines.push(translate(language, "triage.status.waiting", { count: waiting }));
  if (conversation !== null && conversation.turns > 0) {
    const cost = `$${conversation.costUsd.toFixed(2)}`;
    lines.push(translate(language, "triage.status.conversation", { turns: conversation.turns, cost }));
  }
  if (session.model !== null)
    lines.push(translate(language, "triage.status.model", { model: session.model }));
  return lines.join("\n");
};
