import type { Away } from "@steward/contract/chats";
import type { ChatAddress } from "@steward/contract/ids";
import { legacySessionId } from "@steward/contract/ids";
import type { Clock } from "@steward/platform/clock";
import type { Database } from "@steward/schema/sqlite";
import { approvals, chatMessages, turns } from "@steward/schema/tables";
import { and, count, desc, eq, gte, isNotNull, isNull } from "drizzle-orm";
import type { PolicyService } from "../policies/policy-service.ts";
import type { ChatRecord } from "./chat-repository.ts";

/** Somebody leaves a chat to itself for a while, and comes back. Both may be said twice. */
export interface AwayService {
  leave(address: ChatAddress): Away;
  /** `missed`: what has happened meanwhile; null when nobody was away. */
  comeBack(address: ChatAddress): Away;
}

/** As many of what was said as fit one message of a phone. */
const SHOWN = 20;
const MESSAGE_CHARACTERS = 200;
const ACTOR = "away";

export const createAwayService = (deps: {
  db: Database;
  policies: Pick<PolicyService, "get" | "ownWords" | "set">;
  ensureChat: (address: ChatAddress) => ChatRecord;
  clock: Clock;
}): AwayService => {
  const { db, policies, clock } = deps;

  const missedBy = (chat: ChatRecord, address: ChatAddress, since: number): NonNullable<Away["missed"]> => {
    const ended = and(eq(turns.chatRef, chat.id), gte(turns.finishedAt, since));
    const countOf = (condition: ReturnType<typeof and>): number =>
      db.select({ n: count() }).from(turns).where(condition).get()?.n ?? 0;
    const said = db
      .select({ role: chatMessages.role, text: chatMessages.content })
      .from(chatMessages)
      .where(and(eq(chatMessages.sessionId, legacySessionId(address)), gte(chatMessages.createdAt, since)))
      .orderBy(desc(chatMessages.createdAt), desc(chatMessages.id));
    const total =
      db
        .select({ n: count() })
        .from(chatMessages)
        .where(and(eq(chatMessages.sessionId, legacySessionId(address)), gte(chatMessages.createdAt, since)))
        .get()?.n ?? 0;
    const messages = said
      .limit(SHOWN)
      .all()
      .reverse()
      .map(({ role, text }) => ({ role, text: text.slice(0, MESSAGE_CHARACTERS) }));
    return {
      answered: countOf(and(ended, isNull(turns.errorCode))),
      unanswered: countOf(and(ended, isNotNull(turns.errorCode))),
      questions:
        db
          .select({ n: count() })
          .from(approvals)
          .where(and(eq(approvals.chatRef, chat.id), eq(approvals.state, "pending")))
          .get()?.n ?? 0,
      messages,
      more: total - messages.length,
    };
  };

  const ownSince = (chat: ChatRecord): number | null =>
    policies.ownWords("awaySince", chat).find(({ from }) => from === "chat")?.value ?? null;

  return {
    leave: (address) => {
      const chat = deps.ensureChat(address);
      const since = ownSince(chat) ?? clock.now();
      policies.set(address, "awaySince", since, ACTOR);
      return { away: true, since, missed: null };
    },
    comeBack: (address) => {
      const chat = deps.ensureChat(address);
      const since = ownSince(chat);
      if (since === null)
        return { away: policies.get("awaySince", chat) !== null, since: null, missed: null };
      const missed = missedBy(chat, address, since);
      policies.set(address, "awaySince", undefined, ACTOR);
      return { away: false, since, missed };
    },
  };
};
