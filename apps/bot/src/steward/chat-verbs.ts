import {
  type ChatStatus,
  getChatStatus,
  newConversation,
  releaseQueue,
  stopChat,
} from "@steward/contract/chats";
import type { EndpointResult } from "@steward/contract/endpoint";
import { releasePanic, startPanic } from "@steward/contract/holds";
import type { ChatAddress } from "@steward/contract/ids";
import { confirmPlan } from "@steward/contract/plans";
import { advanceTurn, dropTurn, rerunEdited } from "@steward/contract/queue";
import { noteTopic, titleTopic } from "@steward/contract/topics";
import { SLOW_CALL_TIMEOUT_MS, type VerbDeps } from "./verb-deps.ts";

/** What runs and waits in a chat, and what becomes of it. */
export interface ChatVerbs {
  status(address: ChatAddress): Promise<ChatStatus>;
  stop(
    address: ChatAddress,
    of?: { turnId?: string; messageId?: number },
  ): Promise<EndpointResult<typeof stopChat>>;
  /** `key`: of the press, which counts once. Both throw ApiError `not_found` in another chat. */
  advanceTurn(address: ChatAddress, turnId: string, key: string): Promise<EndpointResult<typeof advanceTurn>>;
  dropTurn(
    address: ChatAddress,
    turnId: string,
    key: string,
  ): Promise<EndpointResult<typeof dropTurn>["outcome"]>;
  /** Throws ApiError `conflict`: there is no edit of this message, or it was run. */
  rerunEdited(address: ChatAddress, messageId: number, key: string): Promise<void>;
  /** Throws ApiError `conflict`: this plan does not wait any more. Without `turnId`: the one that waits in the chat. */
  confirmPlan(
    address: ChatAddress,
    by: { userId: string; userName?: string | null },
    of: { turnId?: string; key: string },
  ): Promise<void>;
  noteTopic(address: ChatAddress, topic: { name: string; isDefault: boolean }): Promise<void>;
  /** Null: the topic keeps its name. */
  titleTopic(address: ChatAddress): Promise<string | null>;
  release(address: ChatAddress, action: "run" | "drop" | "drop_all"): Promise<number>;
  newConversation(address: ChatAddress): Promise<EndpointResult<typeof newConversation>>;
  /** For this person: refused (`owner_only`) when they are neither owner nor admin of the bot. */
  panic(userId: string): Promise<EndpointResult<typeof startPanic>>;
  releasePanic(userId: string): Promise<EndpointResult<typeof releasePanic>>;
}

export function createChatVerbs({ client, botId, signal, promptly, newKey }: VerbDeps): ChatVerbs {
  return {
    status: (address) => promptly(() => client.call(getChatStatus, { query: address, signal })),
    stop: (address, of = {}) => {
      const body = { ...address, ...of };
      return promptly(() => client.call(stopChat, { body, signal, timeoutMs: SLOW_CALL_TIMEOUT_MS }));
    },
    advanceTurn: (address, turnId, key) => {
      const headers = { "idempotency-key": key };
      return promptly(() => client.call(advanceTurn, { params: { turnId }, body: address, headers, signal }));
    },
    dropTurn: async (address, turnId, key) => {
      const input = { params: { turnId }, body: address, headers: { "idempotency-key": key }, signal };
      return (await promptly(() => client.call(dropTurn, input))).outcome;
    },
    noteTopic: async (address, topic) => {
      await promptly(() => client.call(noteTopic, { body: { ...address, ...topic }, signal }));
    },
    // Once: what is told is told to this call.
    titleTopic: async (address) => (await client.call(titleTopic, { body: address, signal })).title,
    confirmPlan: async (address, by, { turnId, key }) => {
      const body = { ...address, ...by, ...(turnId !== undefined && { turnId }) };
      await promptly(() => client.call(confirmPlan, { body, headers: { "idempotency-key": key }, signal }));
    },
    rerunEdited: async (address, messageId, key) => {
      const input = { body: { ...address, messageId }, headers: { "idempotency-key": key }, signal };
      await promptly(() => client.call(rerunEdited, input));
    },
    release: async (address, action) =>
      (await promptly(() => client.call(releaseQueue, { body: { ...address, action }, signal }))).count,
    newConversation: (address) => {
      const call = { body: address, headers: newKey(), signal, timeoutMs: SLOW_CALL_TIMEOUT_MS };
      return promptly(() => client.call(newConversation, call));
    },
    panic: (userId) =>
      promptly(() =>
        client.call(startPanic, { body: { botId, userId }, signal, timeoutMs: SLOW_CALL_TIMEOUT_MS }),
      ),
    releasePanic: (userId) => promptly(() => client.call(releasePanic, { body: { botId, userId }, signal })),
  };
}
