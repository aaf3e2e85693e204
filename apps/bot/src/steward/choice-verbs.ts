import { type Conversation, listConversations, selectConversation } from "@steward/contract/conversations";
import type { ChatAddress } from "@steward/contract/ids";
import {
  chooseChatModel,
  getChatModel,
  listModels,
  type ModelChoice,
  type ModelList,
} from "@steward/contract/models";
import { type ChosenProject, chooseProject, listProjects, type Project } from "@steward/contract/projects";
import { SLOW_CALL_TIMEOUT_MS, type VerbDeps } from "./verb-deps.ts";

/** What a chat works with: its model, its project, its conversation. */
export interface ChoiceVerbs {
  models(): Promise<ModelList>;
  chatModel(address: ChatAddress): Promise<ModelChoice>;
  chooseModel(address: ChatAddress, model: string | null, userId: string): Promise<ModelChoice>;
  projects(): Promise<Project[]>;
  chooseProject(
    address: ChatAddress,
    choice: { project: string | null; worktree: boolean; userId: string },
  ): Promise<ChosenProject>;
  conversations(address: ChatAddress, limit: number): Promise<Conversation[]>;
  selectConversation(address: ChatAddress, conversationId: string): Promise<Conversation>;
}

/** A checkout of a large repository; git itself is given two minutes. */
const WORKTREE_TIMEOUT_MS = 150_000;

export function createChoiceVerbs({ client, signal, promptly, newKey }: VerbDeps): ChoiceVerbs {
  return {
    models: () => promptly(() => client.call(listModels, { signal, timeoutMs: SLOW_CALL_TIMEOUT_MS })),
    chatModel: (address) => promptly(() => client.call(getChatModel, { query: address, signal })),
    chooseModel: (address, model, userId) =>
      promptly(() => client.call(chooseChatModel, { body: { ...address, model, userId }, signal })),
    projects: () => promptly(() => client.call(listProjects, { signal })),
    chooseProject: (address, choice) => {
      const body = { ...address, ...choice };
      // A worktree takes as long as it takes.
      const call = { body, headers: newKey(), signal, timeoutMs: WORKTREE_TIMEOUT_MS };
      return promptly(() => client.call(chooseProject, call));
    },
    conversations: (address, limit) =>
      promptly(() => client.call(listConversations, { query: { ...address, limit }, signal })),
    selectConversation: (address, conversationId) => {
      const body = { ...address, conversationId };
      return promptly(() =>
        client.call(selectConversation, { body, signal, timeoutMs: SLOW_CALL_TIMEOUT_MS }),
      );
    },
  };
}
