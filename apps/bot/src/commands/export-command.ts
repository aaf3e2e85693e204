import type { ExportedConversation } from "@steward/contract/conversations";
import { translate } from "@steward/contract/messages";
import { plainText } from "../outbound/messenger.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";

/** A small file takes seconds, on a slow line a minute. */
const SEND_TIMEOUT_MS = 120_000;

/** `/export`: the current conversation as `conversation.md` and `conversation.json`. */
export const createExportCommand =
  ({ steward, messenger }: Pick<CommandDeps, "steward" | "messenger">): Command =>
  async ({ address, language, messageId }) => {
    const exported = await steward.exportConversation(address);
    if (exported === null || exported.messages.length === 0) {
      await messenger.say(address, plainText(translate(language, "bot.export.none")));
      return;
    }
    const count = exported.messages.length;
    const key = exported.complete ? "bot.export.done" : "bot.export.cut";
    const send = (name: string, content: string, type: string): Promise<number> =>
      messenger.sendFile(
        address,
        { kind: "document", name, content: new Blob([content], { type }) },
        { replyToMessageId: messageId, signal: AbortSignal.timeout(SEND_TIMEOUT_MS) },
      );
    await send("conversation.md", toMarkdown(exported, language), "text/markdown");
    await send("conversation.json", `${JSON.stringify(exported, null, 2)}\n`, "application/json");
    await messenger.say(address, plainText(translate(language, key, { count })));
  };

function toMarkdown(
  { conversation, messages }: ExportedConversation,
  language: CommandRequest["language"],
): string {
  const parts = messages.map(({ role, text, at, userName }) => {
    const who = role === "assistant" ? "Claude" : (userName ?? translate(language, "bot.export.user"));
    return `## ${who} · ${new Date(at).toISOString()}\n\n${text.trim()}\n`;
  });
  return [`# ${conversation.title ?? conversation.id}\n`, ...parts].join("\n");
}
