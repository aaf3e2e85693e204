import { ApiError, ApiUnreachable } from "@steward/client/api-error";
import type { CallOptions, Client } from "@steward/client/client";
import { type AccessEntry, approvePairing, refusePairing, requestPairing } from "@steward/contract/access";
import { allowChat, disallowChat, moveChat } from "@steward/contract/access-chats";
import {
  type Approval,
  chooseAnswer,
  decideApproval,
  getApproval,
  listApprovals,
} from "@steward/contract/approvals";
import { failAttachment, type WantedAttachment } from "@steward/contract/attachments";
import { type Bot, leaseBot, registerBot, reportBotState } from "@steward/contract/bots";
import {
  type ChatStatus,
  getChatStatus,
  newConversation,
  releaseQueue,
  stopChat,
} from "@steward/contract/chats";
import { type Conversation, listConversations, selectConversation } from "@steward/contract/conversations";
import { type Delivery, setDeliveryPlaceholder, settleDelivery } from "@steward/contract/deliveries";
import type { EndpointInput, EndpointResult } from "@steward/contract/endpoint";
import type { ErrorCode } from "@steward/contract/errors";
import { downloadFile, resendFile, uploadFile } from "@steward/contract/files";
import { releasePanic, startPanic } from "@steward/contract/holds";
import type { ChatAddress } from "@steward/contract/ids";
import { type InboxUpdate, postInbox, settleInbox } from "@steward/contract/inbox";
import { redeemInvitation } from "@steward/contract/invitations";
import {
  chooseChatModel,
  getChatModel,
  listModels,
  type ModelChoice,
  type ModelList,
} from "@steward/contract/models";
import { confirmPlan } from "@steward/contract/plans";
import { type ChosenProject, chooseProject, listProjects, type Project } from "@steward/contract/projects";
import { advanceTurn, dropTurn, rerunEdited } from "@steward/contract/queue";
import { noteTopic, titleTopic } from "@steward/contract/topics";
import { getTurn, retryTurn, setPlaceholder } from "@steward/contract/turns";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import { backoff, retry } from "@steward/platform/retry";
import { createMemoryVerbs, type MemoryVerbs } from "../memory/memory-verbs.ts";
import { type CommandVerbs, createCommandVerbs } from "./command-verbs.ts";
import { createSearchVerbs, type SearchVerbs } from "./search-verbs.ts";

export type DeliveryOutcome = EndpointInput<typeof settleDelivery>["body"];
export type InboxAnswer = EndpointResult<typeof postInbox>;
export type InboxOutcome = "handled" | "ignored" | "dead";
export type PairingAnswer = EndpointResult<typeof requestPairing>;

/** The API's verbs that one bot needs. Everything the bot must not forget lives behind them. */
export interface Steward extends CommandVerbs, SearchVerbs, MemoryVerbs {
  register(username: string | null, readsAllMessages?: boolean): Promise<Bot>;
  /** Whether the bot is this holder's now; `forMs` 0 gives it back. */
  lease(holder: string, forMs: number): Promise<boolean>;
  reportState(state: Bot["state"], detail: string): Promise<void>;
  /** Once, without repeating: the caller decides what a failure means for its offset. */
  postInbox(updates: InboxUpdate[], options?: CallOptions): Promise<InboxAnswer>;
  settleInbox(inboxId: number, state: InboxOutcome, detail: string): Promise<void>;
  /** Answers the message that counts: the first one reported. */
  setPlaceholder(turnId: string, messageId: number, replaces?: number): Promise<number>;
  setDeliveryPlaceholder(
    deliveryId: string,
    part: number,
    messageId: number,
    replaces?: number,
  ): Promise<number>;
  /** Answers the state that stands now. */
  settleDelivery(deliveryId: string, outcome: DeliveryOutcome): Promise<Delivery["state"]>;
  /** A file goes out now; false when that was begun before, by whomever: then nobody knows how it went. */
  beginSending(deliveryId: string): Promise<boolean>;
  /** Whole: at most what Telegram takes. Throws as a call does, after the usual patience. */
  fetchFile(fileId: string): Promise<Blob>;
  /** Once, without repeating: a stream can be read once. */
  uploadAttachment(
    wanted: WantedAttachment,
    content: ReadableStream<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void>;
  /** A wanted file cannot be had. */
  failAttachment(
    attachmentId: string,
    code: ErrorCode,
    params: Record<string, string | number>,
  ): Promise<void>;
  /** Throws ApiError `conflict` when there is no doubt about it, `not_found` in another chat. */
  resendFile(fileId: string, address: ChatAddress): Promise<void>;
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
  /** For this person: refused (`owner_only`) when they are neither owner nor admin of the bot. */
  panic(userId: string): Promise<EndpointResult<typeof startPanic>>;
  releasePanic(userId: string): Promise<EndpointResult<typeof releasePanic>>;
  /** What waits for a word in this chat, oldest first. */
  pendingApprovals(address: ChatAddress): Promise<Approval[]>;
  /** Throws ApiError `not_found`. */
  approval(approvalId: string): Promise<Approval>;
  decideApproval(approvalId: string, answer: EndpointInput<typeof decideApproval>["body"]): Promise<Approval>;
  chooseAnswer(approvalId: string, choice: EndpointInput<typeof chooseAnswer>["body"]): Promise<Approval>;
  retryTurn(turnId: string, mode: "retry" | "continue", idempotencyKey: string): Promise<void>;
  /** The chat a turn belongs to; null for a turn that is not there. */
  turnAddress(turnId: string): Promise<ChatAddress | null>;
  requestPairing(person: EndpointInput<typeof requestPairing>["body"]): Promise<PairingAnswer>;
  /** Comes in by an invitation. Throws ApiError `invitation_invalid`, `invitation_guesses`. */
  redeemInvitation(invited: EndpointInput<typeof redeemInvitation>["body"]): Promise<AccessEntry>;
  /** For this person, who must be allowed to let others in. Throws ApiError `pairing_code_invalid`, `owner_only`. */
  approvePairing(
    code: string,
    userId: string,
    language: Delivery["language"],
  ): Promise<EndpointResult<typeof approvePairing>>;
  refusePairing(code: string, userId: string): Promise<void>;
  allowChat(
    chatId: string,
    wish: EndpointInput<typeof allowChat>["body"],
  ): Promise<EndpointResult<typeof allowChat>>;
  /** False when it was not allowed. */
  disallowChat(chatId: string, userId: string): Promise<boolean>;
  /** Telegram says that a group lives on under another id. */
  moveChat(fromChatId: string, toChatId: string): Promise<void>;
}

export interface StewardDeps {
  client: Client;
  botId: string;
  clock: Pick<Clock, "sleep">;
  ids: Pick<Ids, "uuid4">;
  /** Ends every wait and call. */
  signal: AbortSignal;
}

/** A person waits for these; after the last attempt they are told that the backend is away. */
const PROMPT_ATTEMPTS = 5;
/** A stop or a new conversation resolves when the old process has gone, which takes up to 15 s (DESIGN §5). */
const SLOW_CALL_TIMEOUT_MS = 30_000;
/** 50 MB from this machine, or over a slow network from another one. */
const FILE_TIMEOUT_MS = 120_000;
/** As it comes from Telegram, which is given up by itself when it stalls. */
const UPLOAD_TIMEOUT_MS = 600_000;
/** A checkout of a large repository; git itself is given two minutes. */
const WORKTREE_TIMEOUT_MS = 150_000;
const BACKOFF = backoff({ baseMs: 250, maxMs: 10_000 });

/** Nobody answered, or what stands in the way passes by itself: the same call may succeed later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ApiUnreachable) return true;
  if (!(error instanceof ApiError) || error.code === "invitation_guesses") return false;
  return error.status >= 500 || error.status === 429 || error.status === 401;
}

export function createSteward({ client, botId, clock, ids, signal }: StewardDeps): Steward {
  const repeat = <Value>(attempts: number, fn: () => Promise<Value>): Promise<Value> =>
    retry(fn, { attempts, backoff: BACKOFF, clock, signal, judge: isPassing });
  /** For what must reach the API: repeating is harmless there, losing it is not. */
  const untilDone = <Value>(fn: () => Promise<Value>): Promise<Value> => repeat(Number.POSITIVE_INFINITY, fn);
  const promptly = <Value>(fn: () => Promise<Value>): Promise<Value> => repeat(PROMPT_ATTEMPTS, fn);

  /** One per request, the same each time it is sent. */
  const newKey = () => ({ "idempotency-key": ids.uuid4() });

  return {
    ...createCommandVerbs({ client, botId, signal, promptly }),
    ...createSearchVerbs({ client, botId, signal, promptly }),
    ...createMemoryVerbs({ client, signal, promptly }),
    register: (username) =>
      untilDone(() => client.call(registerBot, { params: { botId }, body: { username }, signal })),
    lease: async (holder, forMs) =>
      (await untilDone(() => client.call(leaseBot, { params: { botId }, body: { holder, forMs }, signal })))
        .held,
    reportState: async (state, detail) => {
      await untilDone(() =>
        client.call(reportBotState, {
          params: { botId },
          body: { state, detail: detail.slice(0, 500) },
          signal,
        }),
      );
    },
    postInbox: (updates, options) => client.call(postInbox, { body: { botId, updates }, ...options }),
    settleInbox: async (inboxId, state, detail) => {
      const body = { state, detail: detail.slice(0, 500) };
      await untilDone(() => client.call(settleInbox, { params: { inboxId }, body, signal }));
    },
    setPlaceholder: async (turnId, messageId, replaces) => {
      const input = { params: { turnId }, body: { messageId, replaces }, signal };
      return (await untilDone(() => client.call(setPlaceholder, input))).messageId;
    },
    setDeliveryPlaceholder: async (deliveryId, part, messageId, replaces) => {
      const input = { params: { deliveryId }, body: { part, messageId, replaces }, signal };
      return (await untilDone(() => client.call(setDeliveryPlaceholder, input))).messageId;
    },
    settleDelivery: async (deliveryId, outcome) => {
      const input = { params: { deliveryId }, body: outcome, signal };
      return (await untilDone(() => client.call(settleDelivery, input))).state;
    },
    beginSending: async (deliveryId) => {
      const input = { params: { deliveryId }, body: { outcome: "sending" as const }, signal };
      try {
        await untilDone(() => client.call(settleDelivery, input));
        return true;
      } catch (error) {
        if (error instanceof ApiError && error.code === "conflict") return false;
        throw error;
      }
    },
    fetchFile: (fileId) =>
      promptly(() =>
        client.download(downloadFile, { params: { fileId }, signal, timeoutMs: FILE_TIMEOUT_MS }),
      ),
    uploadAttachment: async ({ key, name, chatId, threadId }, content, ended) => {
      const headers = { "idempotency-key": key };
      const query = { botId, chatId, threadId, name };
      const call = { signal: AbortSignal.any([signal, ended]), timeoutMs: UPLOAD_TIMEOUT_MS };
      await client.upload(uploadFile, { headers, query, content, ...call });
    },
    failAttachment: async (attachmentId, code, params) => {
      const input = { params: { attachmentId }, body: { code, params }, signal };
      await untilDone(() => client.call(failAttachment, input));
    },
    resendFile: async (fileId, address) => {
      await promptly(() => client.call(resendFile, { params: { fileId }, body: address, signal }));
    },
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
    panic: (userId) =>
      promptly(() =>
        client.call(startPanic, { body: { botId, userId }, signal, timeoutMs: SLOW_CALL_TIMEOUT_MS }),
      ),
    releasePanic: (userId) => promptly(() => client.call(releasePanic, { body: { botId, userId }, signal })),
    pendingApprovals: async ({ chatId, threadId }) => {
      const query = { state: "pending" as const, botId, chatId };
      const pending = await promptly(() => client.call(listApprovals, { query, signal }));
      return pending.filter((approval) => approval.threadId === threadId);
    },
    approval: (approvalId) => promptly(() => client.call(getApproval, { params: { approvalId }, signal })),
    decideApproval: (approvalId, body) =>
      promptly(() => client.call(decideApproval, { params: { approvalId }, body, signal })),
    chooseAnswer: (approvalId, body) =>
      promptly(() => client.call(chooseAnswer, { params: { approvalId }, body, signal })),
    retryTurn: async (turnId, mode, idempotencyKey) => {
      const headers = { "idempotency-key": idempotencyKey };
      const input = { params: { turnId }, headers, body: { mode }, signal };
      await promptly(() => client.call(retryTurn, input));
    },
    turnAddress: async (turnId) => {
      try {
        const turn = await promptly(() => client.call(getTurn, { params: { turnId }, signal }));
        return { botId: turn.botId, chatId: turn.chatId, threadId: turn.threadId };
      } catch (error) {
        if (error instanceof ApiError && error.code === "not_found") return null;
        throw error;
      }
    },
    requestPairing: (person) => promptly(() => client.call(requestPairing, { body: person, signal })),
    redeemInvitation: async (body) =>
      (await repeat(PROMPT_ATTEMPTS, () => client.call(redeemInvitation, { body, signal }))).entry,
    approvePairing: (code, actingUserId, language) => {
      const call = { body: { code, actingUserId, language }, headers: newKey(), signal };
      return promptly(() => client.call(approvePairing, call));
    },
    refusePairing: async (code, actingUserId) => {
      const call = { body: { code, actingUserId }, headers: newKey(), signal };
      await promptly(() => client.call(refusePairing, call));
    },
    allowChat: (chatId, body) =>
      promptly(() => client.call(allowChat, { params: { botId, chatId }, body, signal })),
    disallowChat: async (chatId, actingUserId) => {
      const call = { params: { botId, chatId }, query: { actingUserId }, headers: newKey(), signal };
      return (await promptly(() => client.call(disallowChat, call))).disallowed;
    },
    moveChat: async (fromChatId, toChatId) => {
      await untilDone(() => client.call(moveChat, { body: { botId, fromChatId, toChatId }, signal }));
    },
  };
}
