import type { ChatMove } from "@steward/contract/access-chats";
import type { ChatAddress } from "@steward/contract/ids";
import { legacySessionId } from "@steward/contract/ids";
import type { Clock } from "@steward/platform/clock";
import type { DatabaseOrTransaction, OpenDatabase } from "@steward/schema/sqlite";
import {
  accessChats,
  approvals,
  chatMessages,
  chatMoves,
  chats,
  conversations,
  deliveries,
  turnMessages,
  turns,
} from "@steward/schema/tables";
import { and, eq, inArray, sql } from "drizzle-orm";
import { telegramChatId } from "../chat/chat-history-repository.ts";
import type { DeliveryRepository } from "../deliveries/delivery-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { SessionManager } from "../sessions/session-manager.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
import type { ChatRecord } from "./chat-repository.ts";

/**
 * A group that becomes a supergroup gets another id. Telegram says so twice, in either order, and once more in its answer to
 * whatever is sent to the old id. What stands under the old id is moved; what is not there any more is no matter.
 */
export interface ChatMoves {
  /** Takes part in the open transaction. What it answers is called after the commit. */
  move(tx: DatabaseOrTransaction, botId: string, move: ChatMove): { moved: boolean; follow: () => void };
  /** The same in a transaction of its own. */
  moveNow(botId: string, move: ChatMove): boolean;
}

const OPEN_TURNS = ["received", "queued", "running"] as const;
const OPEN_DELIVERIES = ["pending", "sending"] as const;

export const createChatMoves = (deps: {
  database: OpenDatabase;
  sessions: Pick<SessionManager, "known">;
  turns: Pick<TurnRepository, "openFor">;
  deliveries: Pick<DeliveryRepository, "open">;
  settings: Pick<SettingsRepository, "audit">;
  /** What is remembered for the chat goes with it. Takes part in the open transaction. */
  moveMemories: (botId: string, move: ChatMove) => void;
  hub: EventHub;
  clock: Pick<Clock, "now">;
}): ChatMoves => {
  const { database, hub, clock } = deps;

  const noteMove = (tx: DatabaseOrTransaction, botId: string, { fromChatId, toChatId }: ChatMove): void => {
    const ofBot = eq(chatMoves.botId, botId);
    // A chat that has moved twice is found from its first id, too; and what lives has not moved away.
    tx.update(chatMoves)
      .set({ toChatId })
      .where(and(ofBot, eq(chatMoves.toChatId, fromChatId)))
      .run();
    tx.delete(chatMoves)
      .where(and(ofBot, eq(chatMoves.fromChatId, toChatId)))
      .run();
    tx.insert(chatMoves)
      .values({ botId, fromChatId, toChatId, movedAt: clock.now() })
      .onConflictDoUpdate({ target: [chatMoves.botId, chatMoves.fromChatId], set: { toChatId } })
      .run();
  };

  const moveAccess = (
    tx: DatabaseOrTransaction,
    botId: string,
    { fromChatId, toChatId }: ChatMove,
  ): boolean => {
    const at = (chatId: string) => and(eq(accessChats.botId, botId), eq(accessChats.chatId, chatId));
    const old = tx.select().from(accessChats).where(at(fromChatId)).get();
    if (!old) return false;
    tx.delete(accessChats).where(at(fromChatId)).run();
    // What somebody has said about the new id since holds.
    tx.insert(accessChats)
      .values({ ...old, chatId: toChatId, leftAt: null })
      .onConflictDoUpdate({ target: [accessChats.botId, accessChats.chatId], set: { leftAt: null } })
      .run();
    return true;
  };

  /** Messages are numbered anew in a supergroup: what was numbered in the old one must not be edited or answered there. */
  const forgetMessages = (tx: DatabaseOrTransaction, chatRef: number): void => {
    tx.update(turns)
      .set({ placeholderMessageId: null, replyToMessageId: null })
      .where(and(eq(turns.chatRef, chatRef), inArray(turns.state, [...OPEN_TURNS])))
      .run();
    tx.update(deliveries)
      .set({ placeholderIds: [], replyToMessageId: null })
      .where(eq(deliveries.chatRef, chatRef))
      .run();
    tx.delete(turnMessages).where(eq(turnMessages.chatRef, chatRef)).run();
    // A question that still waits is asked anew.
    tx.update(deliveries)
      .set({ state: "pending", settledAt: null })
      .where(
        and(
          eq(deliveries.chatRef, chatRef),
          inArray(
            deliveries.approvalId,
            tx.select({ id: approvals.id }).from(approvals).where(eq(approvals.state, "pending")),
          ),
        ),
      )
      .run();
    tx.update(deliveries)
      .set({ revision: sql`${deliveries.revision} + 1`, nextAt: clock.now() })
      .where(and(eq(deliveries.chatRef, chatRef), inArray(deliveries.state, [...OPEN_DELIVERIES])))
      .run();
  };

  const moveHistory = (tx: DatabaseOrTransaction, from: ChatAddress, to: ChatAddress): void => {
    tx.update(chatMessages)
      .set({ sessionId: legacySessionId(to), telegramChatId: telegramChatId(to.chatId) })
      .where(and(eq(chatMessages.sessionId, legacySessionId(from)), eq(chatMessages.botId, from.botId)))
      .run();
  };

  /**
   * Somebody has written under the new id before the move was known: what waits to be said goes there, and the conversations
   * of the old chat are its own, unless one of them is at work.
   */
  const moveInto = (tx: DatabaseOrTransaction, old: ChatRecord, target: ChatRecord): void => {
    const isAtWork = tx
      .select()
      .from(turns)
      .where(and(eq(turns.chatRef, old.id), inArray(turns.state, [...OPEN_TURNS])))
      .get();
    const set = { chatRef: target.id };
    tx.update(deliveries).set(set).where(eq(deliveries.chatRef, old.id)).run();
    if (isAtWork) return;
    tx.update(turns).set(set).where(eq(turns.chatRef, old.id)).run();
    tx.update(conversations).set(set).where(eq(conversations.chatRef, old.id)).run();
    tx.update(chats).set({ conversationId: null }).where(eq(chats.id, old.id)).run();
    if (target.conversationId === null) {
      tx.update(chats).set({ conversationId: old.conversationId }).where(eq(chats.id, target.id)).run();
    }
  };

  const moveRow = (tx: DatabaseOrTransaction, old: ChatRecord, toChatId: string): number => {
    const address = { botId: old.botId, chatId: toChatId, threadId: old.threadId };
    forgetMessages(tx, old.id);
    moveHistory(tx, old, address);
    const target = tx
      .select()
      .from(chats)
      .where(and(eq(chats.botId, old.botId), eq(chats.chatId, toChatId), eq(chats.threadId, old.threadId)))
      .get();
    if (target) {
      moveInto(tx, old, target);
      return target.id;
    }
    // Its files stay where they are.
    const workspaceChatId = old.workspaceChatId ?? old.chatId;
    tx.update(chats).set({ chatId: toChatId, workspaceChatId }).where(eq(chats.id, old.id)).run();
    return old.id;
  };

  /** Front ends are told where it all is now. */
  const tell = (botId: string, chatId: string): void => {
    for (const turn of deps.turns.openFor(botId)) {
      if (turn.chatId === chatId)
        hub.publish("turn_opened", { botId, turnId: turn.id, deliver: turn.deliver });
    }
    for (const delivery of deps.deliveries.open(botId)) {
      if (delivery.chatId === chatId) hub.publish("delivery_changed", { botId, delivery });
    }
  };

  const move: ChatMoves["move"] = (tx, botId, chatMove) => {
    const { fromChatId, toChatId } = chatMove;
    if (fromChatId === toChatId) return { moved: false, follow: () => undefined };
    const rows = tx
      .select()
      .from(chats)
      .where(and(eq(chats.botId, botId), eq(chats.chatId, fromChatId)))
      .all();
    const hadAccess = moveAccess(tx, botId, chatMove);
    deps.moveMemories(botId, chatMove);
    // Of a group that nobody knows here there is nothing to remember.
    if (rows.length === 0 && !hadAccess) return { moved: false, follow: () => undefined };
    noteMove(tx, botId, chatMove);
    const moved = rows.map((row) => ({ from: row.id, to: moveRow(tx, row, toChatId) }));
    return {
      moved: true,
      follow: () => {
        for (const { from, to } of moved) if (from === to) deps.sessions.known(from)?.moved(toChatId);
        deps.settings.audit("telegram", "chat.moved", `${botId}/${fromChatId}`, toChatId);
        hub.publish("access_changed", { botId });
        hub.publish("history_changed", { chat: null });
        tell(botId, toChatId);
      },
    };
  };

  return {
    move,
    moveNow: (botId, chatMove) => {
      const { moved, follow } = database.write((tx) => move(tx, botId, chatMove));
      follow();
      return moved;
    },
  };
};
