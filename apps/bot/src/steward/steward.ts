import { ApiError, ApiUnreachable } from "@steward/client/api-error";
import type { CallOptions, Client } from "@steward/client/client";
import { failAttachment, type WantedAttachment } from "@steward/contract/attachments";
import { type Bot, leaseBot, registerBot, reportBotState } from "@steward/contract/bots";
import { type Delivery, setDeliveryPlaceholder, settleDelivery } from "@steward/contract/deliveries";
import type { EndpointInput, EndpointResult } from "@steward/contract/endpoint";
import type { ErrorCode } from "@steward/contract/errors";
import { downloadFile, resendFile, uploadFile } from "@steward/contract/files";
import type { ChatAddress } from "@steward/contract/ids";
import { type InboxUpdate, postInbox, settleInbox } from "@steward/contract/inbox";
import { getTurn, retryTurn, setPlaceholder } from "@steward/contract/turns";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import { backoff, retry } from "@steward/platform/retry";
import { createMemoryVerbs, type MemoryVerbs } from "../memory/memory-verbs.ts";
import { type AccessVerbs, createAccessVerbs } from "./access-verbs.ts";
import { type ApprovalVerbs, createApprovalVerbs } from "./approval-verbs.ts";
import { type ChatVerbs, createChatVerbs } from "./chat-verbs.ts";
import { type ChoiceVerbs, createChoiceVerbs } from "./choice-verbs.ts";
import { type CommandVerbs, createCommandVerbs } from "./command-verbs.ts";
import { nullWhenMissing } from "./null-when-missing.ts";
import { createSearchVerbs, type SearchVerbs } from "./search-verbs.ts";
import type { VerbDeps } from "./verb-deps.ts";

export type DeliveryOutcome = EndpointInput<typeof settleDelivery>["body"];
export type InboxAnswer = EndpointResult<typeof postInbox>;
export type InboxOutcome = "handled" | "ignored" | "dead";

/** The API's verbs that one bot needs. Everything the bot must not forget lives behind them. */
export interface Steward
  extends AccessVerbs,
    ApprovalVerbs,
    ChatVerbs,
    ChoiceVerbs,
    CommandVerbs,
    SearchVerbs,
    MemoryVerbs {
  /** @param readsAllMessages whether Telegram shows it all that groups write, not only what is meant for it */
  register(username: string | null, readsAllMessages: boolean): Promise<Bot>;
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
  retryTurn(turnId: string, mode: "retry" | "continue", idempotencyKey: string): Promise<void>;
  /** The chat a turn belongs to; null for a turn that is not there. */
  turnAddress(turnId: string): Promise<ChatAddress | null>;
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
/** 50 MB from this machine, or over a slow network from another one. */
const FILE_TIMEOUT_MS = 120_000;
/** As it comes from Telegram, which is given up by itself when it stalls. */
const UPLOAD_TIMEOUT_MS = 600_000;
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
  const untilDone = <Value>(fn: () => Promise<Value>): Promise<Value> => repeat(Number.POSITIVE_INFINITY, fn);
  const promptly = <Value>(fn: () => Promise<Value>): Promise<Value> => repeat(PROMPT_ATTEMPTS, fn);

  const newKey = () => ({ "idempotency-key": ids.uuid4() });
  const verbs: VerbDeps = { client, botId, signal, promptly, untilDone, newKey };

  return {
    ...createAccessVerbs(verbs),
    ...createApprovalVerbs(verbs),
    ...createChatVerbs(verbs),
    ...createChoiceVerbs(verbs),
    ...createCommandVerbs(verbs),
    ...createSearchVerbs(verbs),
    ...createMemoryVerbs(verbs),
    register: (username, readsAllMessages) => {
      const body = { username, readsAllMessages };
      return untilDone(() => client.call(registerBot, { params: { botId }, body, signal }));
    },
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
    retryTurn: async (turnId, mode, idempotencyKey) => {
      const headers = { "idempotency-key": idempotencyKey };
      const input = { params: { turnId }, headers, body: { mode }, signal };
      await promptly(() => client.call(retryTurn, input));
    },
    turnAddress: async (turnId) => {
      const turn = await nullWhenMissing(
        promptly(() => client.call(getTurn, { params: { turnId }, signal })),
      );
      return turn && { botId: turn.botId, chatId: turn.chatId, threadId: turn.threadId };
    },
  };
}
