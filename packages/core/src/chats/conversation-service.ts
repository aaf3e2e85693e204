import type { Conversation, ExportedConversation } from "@steward/contract/conversations";
import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import type { ConversationMessages } from "../chat/conversation-messages.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { ProjectRepository } from "../projects/project-repository.ts";
import type { WorkingDirectories } from "../projects/working-directories.ts";
import { type Worktrees, worktreeBranch } from "../projects/worktrees.ts";
import type { SessionManager } from "../sessions/session-manager.ts";
import { assertQuiet } from "./assert-quiet.ts";
import type { ChatRecord, ChatRepository, ConversationRecord } from "./chat-repository.ts";

/** Messages in one export: some megabytes. */
const MOST_EXPORTED = 5_000;

/** A chat's conversations: one is current, the others can be resumed. */
export interface ConversationService {
  /** The latest first; those in which nothing was said yet are left out, unless current. */
  list(address: ChatAddress, limit: number): Conversation[];
  /** Throws conversation_not_found, chat_busy, project_removed, directory_gone. */
  select(address: ChatAddress, conversationId: string): Promise<Conversation>;
  /** Throws conversation_not_found. */
  rename(address: ChatAddress, conversationId: string, title: string): Conversation;
  /** The current one without an id. Throws conversation_not_found. */
  export(address: ChatAddress, conversationId: string | undefined): ExportedConversation;
  /** Throws conversation_not_found, worktree_none, worktree_not_clean, chat_busy, git_… */
  removeWorktree(address: ChatAddress, conversationId: string): Promise<{ branch: string }>;
}

export const createConversationService = (deps: {
  chats: ChatRepository;
  projects: ProjectRepository;
  directories: WorkingDirectories;
  worktrees: Worktrees;
  sessions: SessionManager;
  messages: Pick<ConversationMessages, "all">;
  hub: Pick<EventHub, "publish">;
}): ConversationService => {
  const { chats, sessions } = deps;

  const find = (address: ChatAddress, id: string): { chat: ChatRecord; conversation: ConversationRecord } => {
    const chat = chats.find(address);
    const conversation = chats.conversation(id);
    // Another chat's conversation is as unknown as one that never was.
    if (chat && conversation?.chatRef === chat.id) return { chat, conversation };
    throw new DomainError("conversation_not_found", "This chat has no such conversation");
  };

  const describe = (chat: ChatRecord, conversation: ConversationRecord): Conversation => ({
    id: conversation.id,
    title: conversation.title,
    cwd: conversation.cwd,
    project:
      conversation.projectId === null ? null : (deps.projects.byId(conversation.projectId)?.name ?? null),
    branch: conversation.worktree === null ? null : worktreeBranch(chat, conversation.id),
    current: chat.conversationId === conversation.id,
    turns: conversation.turnCount,
    costUsd: conversation.costMicroUsd / 1_000_000,
    createdAt: conversation.createdAt,
    lastActiveAt: conversation.lastActiveAt,
  });

  return {
    list: (address, limit) => {
      const chat = chats.find(address);
      if (!chat) return [];
      return chats.conversations(chat.id, limit).map((conversation) => describe(chat, conversation));
    },
    select: async (address, conversationId) => {
      const { chat, conversation } = find(address, conversationId);
      if (chat.conversationId !== conversationId) {
        assertQuiet(sessions.session(chat));
        deps.directories.check(chat, conversation);
        chats.setCurrent(chat.id, conversationId);
        await sessions.restart(chat, conversation);
      }
      return describe(chats.byRef(chat.id), conversation);
    },
    rename: (address, conversationId, title) => {
      const { chat } = find(address, conversationId);
      const renamed = chats.rename(conversationId, title);
      deps.hub.publish("session_changed", { chat });
      deps.hub.publish("history_changed", { chat });
      return describe(chat, renamed);
    },
    export: (address, conversationId) => {
      const id = conversationId ?? chats.find(address)?.conversationId ?? "";
      const { chat, conversation } = find(address, id);
      const messages = deps.messages.all(chat, conversation, MOST_EXPORTED + 1);
      return {
        conversation: describe(chat, conversation),
        messages: messages.slice(-MOST_EXPORTED),
        complete: messages.length <= MOST_EXPORTED,
      };
    },
    removeWorktree: async (address, conversationId) => {
      const { chat, conversation } = find(address, conversationId);
      const { worktree } = conversation;
      if (worktree === null) {
        throw new DomainError("worktree_none", "This conversation has no worktree of its own");
      }
      if (chat.conversationId === conversationId) {
        const session = sessions.session(chat);
        assertQuiet(session);
        // Its process works in there.
        await session.end("reset");
        assertQuiet(session);
      }
      deps.directories.check(chat, conversation);
      await deps.worktrees.remove(worktree);
      return { branch: worktreeBranch(chat, conversationId) };
    },
  };
};
