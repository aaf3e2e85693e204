import { DELIVERY_KINDS, DELIVERY_STATES, TURN_SOURCES, TURN_STATES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json } from "./endpoint.ts";
import {
  botIdSchema,
  chatAddressSchema,
  chatIdSchema,
  deliveryIdSchema,
  threadIdSchema,
  turnIdSchema,
} from "./ids.ts";

export const turnSummarySchema = z.object({
  id: turnIdSchema,
  ...chatAddressSchema.shape,
  source: z.enum(TURN_SOURCES),
  state: z.enum(TURN_STATES),
  prompt: z.string().describe("the first 200 characters"),
  errorCode: z.string().nullable(),
  tools: z.int(),
  costUsd: z.number().nullable().describe("null: not known, or not ended"),
  model: z.string().nullable(),
  parked: z.boolean().describe("put aside by a stop"),
  receivedAt: z.int(),
  startedAt: z.int().nullable(),
  finishedAt: z.int().nullable(),
});
export type TurnSummary = z.infer<typeof turnSummarySchema>;

export const TURN_FILTERS = ["all", "waiting", "ended", "unanswered"] as const;

/** `waiting` is in the order in which they will run, everything else the latest first. */
export const listTurns = defineEndpoint({
  method: "get",
  path: "/api/v1/turns",
  tags: ["turns"],
  summary: "A chat's turns",
  request: {
    query: chatAddressSchema.extend({
      only: z
        .enum(TURN_FILTERS)
        .default("all")
        .describe("`unanswered`: ended without an answer (failed, stopped, interrupted)"),
      limit: z.coerce.number().int().min(1).max(200).default(20),
    }),
  },
  responses: { 200: json(z.array(turnSummarySchema)) },
});

/** The steps that a turn takes, as far as they are written down. */
export const HOPS = [
  "sent",
  "stored",
  "queued",
  "held",
  "started",
  "first_text",
  "tool",
  "tool_failed",
  "approval",
  "approval_end",
  "retrying",
  "answer",
  "delivery",
  "attempt",
  "delivered",
  "dead",
  "possibly_delivered",
] as const;
export type HopName = (typeof HOPS)[number];

export const hopSchema = z.object({
  at: z.int().describe("UTC ms"),
  hop: z.enum(HOPS),
  detail: z.string().describe("a tool's name, an error; empty where there is nothing to add"),
});
export type Hop = z.infer<typeof hopSchema>;

/** What stood before a turn's prompt, as it was then. */
export const recalledNoteSchema = z.object({
  memoryId: z.int().nullable().describe("null: the owner's file for all chats"),
  key: z.string(),
  content: z.string().describe("empty: the memory was forgotten since"),
  mode: z.enum(["pinned", "lexical", "semantic", "context"]).describe("why it went in"),
  score: z.number().nullable().describe("the higher the better; comparable within one turn"),
  now: z.enum(["same", "changed", "forgotten"]).nullable().describe("what has become of it; null: no memory"),
  origin: z.string().nullable().describe("who wrote it: person, agent, client …"),
  userName: z.string().nullable().describe("whose words it comes from"),
  messageId: z.int().nullable().describe("the message of the history that it comes from"),
  turnId: z.string().nullable().describe("the turn that it comes from"),
  at: z.int().nullable().describe("when that was said, UTC ms"),
});
export type RecalledNote = z.infer<typeof recalledNoteSchema>;

/** What a turn was reminded of, in the order in which it stood before the prompt. */
export const listRecalls = defineEndpoint({
  method: "get",
  path: "/api/v1/turns/{turnId}/recalls",
  tags: ["turns"],
  summary: "What a turn was reminded of",
  request: { params: z.object({ turnId: turnIdSchema }) },
  responses: { 200: json(z.array(recalledNoteSchema)) },
});

export const turnTraceSchema = z.object({
  turn: turnSummarySchema,
  attempt: z.int().describe("how often it was given to the CLI"),
  hops: z.array(hopSchema).describe("in the order of their times"),
  recalls: z.array(recalledNoteSchema).describe("what it was reminded of"),
  files: z.array(z.string()).describe("the names of those that came with it"),
  deliveries: z.array(
    z.object({
      id: deliveryIdSchema,
      kind: z.enum(DELIVERY_KINDS),
      state: z.enum(DELIVERY_STATES),
      attempt: z.int(),
      messageIds: z.array(z.int()),
      lastError: z.string().nullable(),
    }),
  ),
  logKept: z
    .boolean()
    .describe("false: the turn's log was dropped for its age, so the steps in between are missing"),
});
export type TurnTrace = z.infer<typeof turnTraceSchema>;

/** By the turn; or by a message of a chat, whoever wrote it; or a chat's last turn. */
export const traceTurn = defineEndpoint({
  method: "get",
  path: "/api/v1/traces",
  tags: ["turns"],
  summary: "What became of a turn, step by step",
  request: {
    query: z
      .object({
        turnId: turnIdSchema.optional(),
        botId: botIdSchema.optional(),
        chatId: chatIdSchema.optional(),
        threadId: threadIdSchema.default(""),
        messageId: z.coerce.number().int().positive().optional(),
      })
      .refine(
        ({ turnId, botId, chatId }) => turnId !== undefined || (botId !== undefined && chatId !== undefined),
        "name a turn, or a chat of a bot",
      ),
  },
  responses: { 200: json(turnTraceSchema) },
});
