import type { Clock } from "@steward/platform/clock";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { ChatHistoryRepository } from "../chat/chat-history-repository.ts";
import { addressOf, type ChatRepository } from "../chats/chat-repository.ts";
import type { OutboxWriter } from "../deliveries/outbox-writer.ts";
import type { FileRepository } from "../files/file-repository.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import { sourceInHistory } from "../turns/source-in-history.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
import { transcriptsOf, wholePrompt, wordMissing, wordTranscript, wordUnheard } from "./attachment-words.ts";
import type { SettledAttachment } from "./settled-attachment.ts";

/**
 * Makes a turn whole: its prompt with what became of its files, their ids, what was understood of voice messages for the
 * history and the chat, and what did not come for the person; in one transaction, once. While the database takes no
 * writes it is owed, and no turn starts before it has landed.
 */
export type CompleteTurn = (
  record: TurnRecord,
  settled: readonly SettledAttachment[],
  done: () => void,
) => void;

export const createAttachmentWriter = (deps: {
  database: OpenDatabase;
  turns: Pick<TurnRepository, "find" | "complete">;
  chats: Pick<ChatRepository, "byRef">;
  files: Pick<FileRepository, "attach">;
  history: Pick<ChatHistoryRepository, "say">;
  outbox: Pick<OutboxWriter, "say" | "publish">;
  storage: Pick<StorageWatch, "writeOrOwe">;
  clock: Pick<Clock, "now">;
}): CompleteTurn => {
  const { database, turns, chats, outbox, clock } = deps;

  const write = (turnId: string, settled: readonly SettledAttachment[]): void => {
    const written = database.write((tx): string[] => {
      // Read here: its words may have been changed while its files were on their way.
      const record = turns.find(turnId);
      if (!record) return [];
      const here = settled.filter(({ failure }) => failure === null);
      const unheard = here.filter(({ hearing }) => hearing === null || "unheard" in hearing);
      const prompt = wholePrompt(record.prompt, settled);
      if (!turns.complete(tx, turnId, { prompt, fileIds: unheard.map(({ id }) => id) })) return [];
      deps.files.attach(
        tx,
        turnId,
        here.map(({ id }) => id),
      );
      const now = clock.now();
      const chat = chats.byRef(record.chatRef);
      const tell = (text: string | null): string[] =>
        text === null || text === "" || !record.deliver
          ? []
          : [
              outbox.say(
                tx,
                chat,
                {
                  turnId: null,
                  kind: "notice",
                  text,
                  actions: [],
                  replyToMessageId: record.replyToMessageId,
                  placeholderId: null,
                },
                now,
              ),
            ];
      const transcripts = transcriptsOf(settled);
      for (const text of transcripts) {
        deps.history.say({
          address: addressOf(record),
          role: "user",
          content: `🎤 ${text}`,
          source: sourceInHistory(record.source),
          userId: record.userId,
          username: record.userName,
          turnId,
          at: now,
        });
      }
      return [
        ...transcripts.flatMap((text) => tell(wordTranscript(text))),
        ...tell(wordUnheard(record.language, settled)),
        ...tell(wordMissing(record.language, settled)),
      ];
    });
    outbox.publish(written);
  };

  return ({ id }, settled, done) => {
    deps.storage.writeOrOwe(`what came with turn ${id}`, () => {
      write(id, settled);
      done();
    });
  };
};
