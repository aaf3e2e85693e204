import type { SessionState } from "@steward/schema/enums";
import type { ConversationRecord } from "../chats/chat-repository.ts";
import type { ChatSession } from "./chat-session.ts";

/** What can be seen of a chat's session. */
export type SessionView = Pick<
  ChatSession,
  | "state"
  | "pid"
  | "model"
  | "startedAt"
  | "warmSince"
  | "lastActiveAt"
  | "waiting"
  | "live"
  | "headTurnId"
  | "runningTurnId"
>;

/** A chat's session as it is; of one that rests, as its conversation's row tells it. Makes none. */
export const viewSession = (
  known: ChatSession | null,
  conversation: () => ConversationRecord | null,
): SessionView => {
  if (known) return known;
  const record = conversation();
  const state: SessionState = record?.hasTranscript ? "suspended" : "idle";
  return { ...AT_REST, state, lastActiveAt: record?.lastActiveAt ?? null };
};

const AT_REST = {
  pid: null,
  model: null,
  startedAt: null,
  warmSince: null,
  waiting: [],
  live: false,
  headTurnId: null,
  runningTurnId: null,
} as const;
