import { DomainError } from "@steward/contract/errors";
import type { ChatSession } from "../sessions/chat-session.ts";

/** Throws chat_busy while a turn runs or waits: what it works in must not change under it. */
export const assertQuiet = (session: Pick<ChatSession, "headTurnId" | "waiting">): void => {
  if (session.headTurnId === null && session.waiting.length === 0) return;
  throw new DomainError("chat_busy", "A message of this chat is being worked on; stop it first, or wait");
};
