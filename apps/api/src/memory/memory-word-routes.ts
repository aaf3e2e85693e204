import { ENDPOINTS } from "@steward/contract/endpoints";
import type { AskInstead } from "@steward/core/memory/ask-instead";
import type { MemoryFiles } from "@steward/core/memory/memory-files";
import type { MemoryNotes } from "@steward/core/memory/memory-notes";
import type { TurnHistory } from "@steward/core/turns/turn-history";
import type { Mount } from "../http/mount.ts";
import { authorOf } from "./memory-speaker.ts";

/** What people say about memories in their own words, and files of them. */
export function mountMemoryWords(
  mount: Mount,
  {
    memoryNotes,
    memoryFiles,
    askInstead,
    turnHistory,
  }: {
    memoryNotes: MemoryNotes;
    memoryFiles: MemoryFiles;
    askInstead: AskInstead;
    turnHistory: Pick<TurnHistory, "turnOf">;
  },
): void {
  mount.json(ENDPOINTS.rememberText, ({ body: { botId, chatId, threadId, text, messageId, ...speaker } }) => {
    const turnId = messageId === null ? null : turnHistory.turnOf({ botId, chatId, threadId }, messageId);
    return memoryNotes.remember({ botId, chatId }, text, { ...authorOf(speaker), turnId });
  });
  mount.json(ENDPOINTS.forgetText, ({ body: { botId, chatId, text, ...speaker } }) =>
    memoryNotes.forget({ botId, chatId }, text, authorOf(speaker)),
  );
  mount.json(ENDPOINTS.askInstead, ({ params, body: { botId, chatId, threadId, ...asked } }) =>
    askInstead({ address: { botId, chatId, threadId }, changeId: params.changeId, ...asked }),
  );
  mount.json(ENDPOINTS.exportMemories, ({ query: { botId, chatId } }) =>
    memoryFiles.write({ ...(botId !== undefined && { botId }), ...(chatId !== undefined && { chatId }) }),
  );
  mount.json(ENDPOINTS.importMemories, ({ body: { memories, onTaken, botId, chatId = "" } }) => {
    const of = botId === undefined ? {} : { of: { botId, chatId } };
    return memoryFiles.takeIn(memories, { onTaken, ...of }, { ...authorOf({}), origin: "import" });
  });
}
