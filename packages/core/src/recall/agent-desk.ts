import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import type { AccessService } from "../access/access-service.ts";
import type { ChatHistoryRepository } from "../chat/chat-history-repository.ts";
import { addressOf, type ChatRepository } from "../chats/chat-repository.ts";
import type { ChatSession } from "../sessions/chat-session.ts";
import type { AgentAccess } from "./agent-access.ts";
import type { AgentMemory, AskingTurn, createAgentMemory } from "./agent-memory.ts";
import { contactsOfPrompt } from "./outside-contact.ts";

/** Where agents, and clients in their place, get the tools that are cut for one chat. */
export interface AgentDesk {
  /** The chat whose agent has this key; null = it is nobody's. */
  chatOf(key: string): number | null;
  /** Throws not_found when the chat is gone. */
  forAgent(chatRef: number): AgentMemory;
  /** Whoever has the API's token, in the name of a chat. Throws not_found when there is no such chat. */
  forOwner(address: ChatAddress): AgentMemory;
}

export const createAgentDesk = (deps: {
  keys: Pick<AgentAccess, "chatOf">;
  memoryFor: ReturnType<typeof createAgentMemory>;
  chats: Pick<ChatRepository, "find" | "byRef">;
  history: Pick<ChatHistoryRepository, "askedBy">;
  access: Pick<AccessService, "roleOf">;
  sessions: { known(chatRef: number): Pick<ChatSession, "running" | "worksInBackground"> | null };
}): AgentDesk => {
  const { chats, access } = deps;

  const turnOf = (chatRef: number): AskingTurn | null => {
    const session = deps.sessions.known(chatRef);
    if (!session?.running) return null;
    const { turn, usedOutsideTool } = session.running;
    const { id, botId, userId, userName } = turn;
    const role = userId === null ? null : access.roleOf(botId, userId);
    return {
      ...{ id, userId, userName },
      messageId: deps.history.askedBy(id),
      contacts: [
        ...contactsOfPrompt(turn, role),
        ...(usedOutsideTool ? (["tool"] as const) : []),
        // Which of them asks cannot be told, nor what the other has read.
        ...(session.worksInBackground ? (["background"] as const) : []),
      ],
    };
  };

  return {
    chatOf: deps.keys.chatOf,
    forAgent: (chatRef) => {
      // Groups move; their agents go on with the same key.
      const address = addressOf(chats.byRef(chatRef));
      return deps.memoryFor({ as: "agent", address, turn: turnOf(chatRef) });
    },
    forOwner: (address) => {
      if (!chats.find(address)) throw new DomainError("not_found", "There is no such chat");
      return deps.memoryFor({ as: "owner", address });
    },
  };
};
