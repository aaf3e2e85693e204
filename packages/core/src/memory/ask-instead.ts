import { DomainError } from "@steward/contract/errors";
import { type ChatAddress, legacySessionId } from "@steward/contract/ids";
import type { Language } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { chatMessages } from "@steward/schema/tables";
import { and, eq, isNull } from "drizzle-orm";
import type { TurnService } from "../turns/turn-service.ts";
import { isFor } from "./memory-repository.ts";
import type { MemoryService } from "./memory-service.ts";

/**
 * A message that was taken for a wish about the memory was meant for the agent: what it did is taken back and it becomes a
 * turn, in one transaction.
 *
 * @throws DomainError `memory_not_found` for another chat's, `memory_changed` when it was taken back before
 */
export type AskInstead = (asked: {
  address: ChatAddress;
  changeId: number;
  /** Of the history. */
  messageId: number;
  userId: string;
  userName: string | null;
  language: Language;
}) => { turnId: string };

export const createAskInstead = ({
  database,
  memories,
  turns,
}: {
  database: OpenDatabase;
  memories: Pick<MemoryService, "change" | "undo">;
  turns: Pick<TurnService, "submit">;
}): AskInstead => {
  const { db } = database;
  return ({ address, changeId, messageId, userId, userName, language }) => {
    const change = memories.change(changeId);
    const memory = change?.after ?? change?.before;
    if (!memory || !isFor(memory, address)) {
      throw new DomainError("memory_not_found", "No such change of a memory in this chat");
    }
    const isIt = and(
      eq(chatMessages.id, messageId),
      eq(chatMessages.sessionId, legacySessionId(address)),
      eq(chatMessages.botId, address.botId),
      eq(chatMessages.role, "user"),
      isNull(chatMessages.turnId),
    );
    const message = db.select().from(chatMessages).where(isIt).get();
    if (!message) throw new DomainError("memory_changed", "This message was dealt with before");
    const request = {
      ...{ address, text: message.content, source: "telegram" as const, language, userId, userName },
      ...{ replyToMessageId: null, idempotencyKey: null, deliver: true },
    };
    const { turnId } = turns.submit(request, () => {
      memories.undo(changeId, { origin: "person", userId, userName, turnId: null, messageId: null });
      // The turn has put it into the history as its own.
      db.delete(chatMessages).where(isIt).run();
    });
    return { turnId };
  };
};
