import { LANGUAGES, TURN_SOURCES, TURN_STATES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, eventStream, json, jsonBody } from "./endpoint.ts";
import { fileIdSchema, fileSummarySchema, MAX_FILES_PER_TURN } from "./files.ts";
import { chatAddressSchema, idempotencyKeySchema, turnIdSchema } from "./ids.ts";
import { turnEventSchema, turnUsageSchema } from "./turn-events.ts";

/** Prompts above this are refused before anything is spawned: 1 MiB of UTF-8. */
export const MAX_PROMPT_BYTES = 1_048_576;

const boundedTextSchema = z
  .string()
  .refine(
    (text) => new TextEncoder().encode(text).length <= MAX_PROMPT_BYTES,
    "must be at most 1 MiB of UTF-8",
  );
export const promptTextSchema = boundedTextSchema.refine((text) => text.trim() !== "", "must not be empty");

/** Who was to answer a message, as a cheap model sorted it. */
export const triageDecisionSchema = z.object({
  label: z.enum(["command", "light", "main"]),
  command: z.enum(["status"]).nullable().describe("what Steward answered itself, without a model"),
  model: z.string().nullable().describe("which model decided; null when none did"),
  ms: z.int(),
  costUsd: z.number().describe("part of the turn's own cost"),
  problem: z
    .enum(["no_verdict", "unreadable", "large_context"])
    .nullable()
    .describe("why it went to the main session all the same"),
});
export type TriageDecision = z.infer<typeof triageDecisionSchema>;

export const turnSchema = z.object({
  id: turnIdSchema,
  ...chatAddressSchema.shape,
  conversationId: z.string().nullable(),
  source: z.enum(TURN_SOURCES),
  state: z.enum(TURN_STATES),
  attempt: z.int(),
  prompt: z.string(),
  text: z.string().describe("The answer; while running, the text so far"),
  startedTools: z.boolean(),
  errorCode: z.string().nullable(),
  errorDetail: z.string().nullable(),
  usage: turnUsageSchema.nullable(),
  model: z.string().nullable().describe("which model answered, as the CLI names it"),
  triage: triageDecisionSchema.nullable().describe("null when triage was not asked"),
  receivedAt: z.int(),
  startedAt: z.int().nullable(),
  finishedAt: z.int().nullable(),
  queuePosition: z.int().nullable(),
  files: z.array(fileSummarySchema).describe("What came with it (`in`) and what it sent back (`out`)"),
});
export type Turn = z.infer<typeof turnSchema>;

/** Any client's door: one prompt, durably accepted before the answer. The same key with the same body is the same turn. */
export const submitTurn = defineEndpoint({
  method: "post",
  path: "/api/v1/turns",
  tags: ["turns"],
  summary: "Submit a prompt",
  request: {
    headers: z.object({ "idempotency-key": idempotencyKeySchema }),
    body: jsonBody(
      chatAddressSchema
        .extend({
          text: boundedTextSchema.default("").describe("May be left out when files say it all"),
          fileIds: z
            .array(fileIdSchema)
            .max(MAX_FILES_PER_TURN)
            .default([])
            .describe("Files uploaded to this chat that come with the prompt"),
          source: z.enum(["web", "cli"]).default("web"),
          userName: z.string().max(200).optional(),
          deliver: z
            .boolean()
            .default(false)
            .describe("the answer also goes to the chat itself, by its front end (Telegram)"),
          language: z.enum(LANGUAGES).default("en").describe("of what Steward itself says about this turn"),
        })
        .refine(({ text, fileIds }) => text.trim() !== "" || fileIds.length > 0, {
          path: ["text"],
          message: "must not be empty without files",
        }),
    ),
  },
  responses: {
    202: json(z.object({ turnId: turnIdSchema, state: z.enum(TURN_STATES), duplicate: z.boolean() })),
  },
});

export const getTurn = defineEndpoint({
  method: "get",
  path: "/api/v1/turns/{turnId}",
  tags: ["turns"],
  summary: "One turn",
  request: { params: z.object({ turnId: turnIdSchema }) },
  responses: { 200: json(turnSchema) },
});

/** Replayable: `Last-Event-ID` resumes after a committed chunk. Ends after the `final` event. */
export const turnEvents = defineEndpoint({
  method: "get",
  path: "/api/v1/turns/{turnId}/events",
  tags: ["turns"],
  summary: "A turn's events, live and replayed",
  request: {
    params: z.object({ turnId: turnIdSchema }),
    headers: z.object({ "last-event-id": z.string().max(200).optional() }),
  },
  responses: { 200: eventStream(turnEventSchema, "Server-sent events; `data` is one turn event") },
});

/** A deliberate second run by a person: `retry` sends the same prompt again, `continue` asks to go on from there. */
export const retryTurn = defineEndpoint({
  method: "post",
  path: "/api/v1/turns/{turnId}/retry",
  tags: ["turns"],
  summary: "Run an ended turn again, or go on from it",
  request: {
    params: z.object({ turnId: turnIdSchema }),
    headers: z.object({ "idempotency-key": idempotencyKeySchema }),
    body: jsonBody(z.object({ mode: z.enum(["retry", "continue"]) })),
  },
  responses: {
    202: json(z.object({ turnId: turnIdSchema, state: z.enum(TURN_STATES), duplicate: z.boolean() })),
  },
});

/**
 * The front end tells where a turn's status message stands. The first message wins, and one that `replaces` it; the id of the
 * one that counts is answered.
 */
export const setPlaceholder = defineEndpoint({
  method: "post",
  path: "/api/v1/turns/{turnId}/placeholder",
  tags: ["turns"],
  summary: "Record the message that a turn's answer will be edited into",
  request: {
    params: z.object({ turnId: turnIdSchema }),
    body: jsonBody(z.object({ messageId: z.int().positive(), replaces: z.int().positive().optional() })),
  },
  responses: { 200: json(z.object({ messageId: z.int() })) },
});
