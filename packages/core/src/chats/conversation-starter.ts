import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { ProjectChoice, WorkingDirectories, WorkingPlace } from "../projects/working-directories.ts";
import type { ChatRecord, ChatRepository, ConversationRecord } from "./chat-repository.ts";

export interface StartedConversation {
  conversation: ConversationRecord;
  warnings: WorkingPlace["warnings"];
}

/** Makes a chat's conversations, each in the place the chat works in. */
export interface ConversationStarter {
  /**
   * Makes a conversation and the chat's current one, where the chat's choice says.
   * Throws what making its place may throw: project_removed, directory_gone, git_…
   *
   * @param options.choice a new choice, kept with the conversation or not at all
   * @param options.approve asked when the place is ready, right before the conversation is made; may throw
   */
  start(
    chatRef: number,
    options?: { choice?: ProjectChoice; approve?: () => void },
  ): Promise<StartedConversation>;
}

export const createConversationStarter = (deps: {
  chats: ChatRepository;
  directories: WorkingDirectories;
  clock: Clock;
  ids: Ids;
}): ConversationStarter => {
  const { chats, directories, ids } = deps;
  const choiceOf = ({ projectId, usesWorktree }: ChatRecord): ProjectChoice => ({ projectId, usesWorktree });

  return {
    start: async (chatRef, { choice, approve } = {}) => {
      // Read now: a session's own record of its chat may be older than the choice.
      const chat = chats.byRef(chatRef);
      const id = ids.uuid7();
      const place = await directories.prepare(chat, choice ?? choiceOf(chat), id);
      const { warnings, ...where } = place;
      try {
        approve?.();
        const conversation = chats.startConversation({
          id,
          chatRef,
          cliSessionId: ids.uuid4(),
          ...where,
          ...(choice === undefined ? {} : { choice }),
          now: deps.clock.now(),
        });
        return { conversation, warnings };
      } catch (error) {
        await directories.discard(place);
        throw error;
      }
    },
  };
};
