import { APPROVAL_KINDS, APPROVAL_STATES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { botIdSchema, chatAddressSchema, chatIdSchema, repeatableHeaders, turnIdSchema } from "./ids.ts";

export const approvalIdSchema = z.uuid().describe("An approval (UUIDv7)");

/** `once`: this call. `session`: this one and all that fit `rule`, while the session's process lives. */
export const APPROVAL_DECISIONS = ["once", "session", "deny"] as const;
export type ApprovalDecision = (typeof APPROVAL_DECISIONS)[number];

export const approvalQuestionSchema = z.object({
  /** Names the question in the answers. Like all of it bounded: what is long is cut in its middle. */
  question: z.string(),
  header: z.string(),
  multiSelect: z.boolean(),
  options: z.array(z.object({ label: z.string(), description: z.string() })),
});
export type ApprovalQuestion = z.infer<typeof approvalQuestionSchema>;

/**
 * A question of the agent's as a front end shows it. Every text in it is safe to show: hidden and direction-changing
 * characters stand as codes, and what is too long is cut in its middle.
 */
export const shownApprovalSchema = z.object({
  approvalId: approvalIdSchema,
  kind: z.enum(APPROVAL_KINDS),
  toolUseId: z.string(),
  toolName: z.string(),
  summary: z.string().describe("The telling part of the call, one line, ≤ 200 characters"),
  text: z.string().describe("The call, bounded: a command, a file's new content, a plan"),
  isCut: z.boolean().describe("`text`, or `diff`, is not the whole of it"),
  diff: z
    .string()
    .nullable()
    .describe("What an edit changes, line by line; null: no edit, or too large a one"),
  reason: z.string().nullable().describe("Why the CLI asks, in its words"),
  rule: z.string().nullable().describe("What `session` allows; null: only `once` can be chosen"),
  questions: z.array(approvalQuestionSchema).nullable().describe("Of a `question`, else null"),
  inputHash: z.string().describe("Goes back with the answer: what was shown is what is answered"),
  expiresAt: z.int(),
});
export type ShownApproval = z.infer<typeof shownApprovalSchema>;

export const approvalSchema = z.object({
  ...shownApprovalSchema.omit({ approvalId: true }).shape,
  id: approvalIdSchema,
  ...chatAddressSchema.shape,
  turnId: turnIdSchema,
  userId: z.string().nullable().describe("Whose turn it is; null: whoever holds the token"),
  state: z.enum(APPROVAL_STATES),
  createdAt: z.int(),
  decidedAt: z.int().nullable(),
  decidedBy: z.string().nullable(),
  decision: z.enum(APPROVAL_DECISIONS).nullable(),
  message: z.string().nullable().describe("What the agent was told with a denial"),
  /** What has been chosen of a question so far, while it is pending. */
  draft: z
    .object({
      question: z.int().describe("The one that is asked now, by its index"),
      chosen: z.array(z.array(z.string())).describe("By question: labels, or words of the person's own"),
    })
    .nullable(),
});
export type Approval = z.infer<typeof approvalSchema>;

/** The last 200 that fit, oldest first. */
export const listApprovals = defineEndpoint({
  method: "get",
  path: "/api/v1/approvals",
  tags: ["approvals"],
  summary: "Questions of the agent's: pending ones, or all",
  request: {
    query: z.object({
      state: z.enum(APPROVAL_STATES).optional(),
      botId: botIdSchema.optional(),
      chatId: chatIdSchema.optional(),
    }),
  },
  responses: { 200: json(z.array(approvalSchema)) },
});

export const getApproval = defineEndpoint({
  method: "get",
  path: "/api/v1/approvals/{approvalId}",
  tags: ["approvals"],
  summary: "One approval, with the tool's whole input",
  request: { params: z.object({ approvalId: approvalIdSchema }) },
  responses: { 200: json(approvalSchema.extend({ input: z.unknown().describe("As the tool gets it") })) },
});

/**
 * Answers once and for all. A question is answered with `once` and `answers`: by its text, the chosen labels or words of
 * the person's own. `userId` names the person for whom a front end speaks; without it the token's holder answers.
 */
export const decideApproval = defineEndpoint({
  method: "post",
  path: "/api/v1/approvals/{approvalId}",
  tags: ["approvals"],
  summary: "Allow or deny",
  request: {
    headers: repeatableHeaders,
    params: z.object({ approvalId: approvalIdSchema }),
    body: jsonBody(
      z.object({
        decision: z.enum(APPROVAL_DECISIONS),
        inputHash: z.string().max(64),
        message: z.string().trim().max(4_000).optional().describe("With `deny`: told to the agent"),
        answers: z
          .record(z.string().max(4_000), z.array(z.string().trim().min(1).max(2_000)).max(20))
          .optional(),
        userId: z.string().max(64).optional(),
      }),
    ),
  },
  responses: { 200: json(approvalSchema) },
});

/**
 * One press on a question's options, as a front end with buttons takes it: `chosen` says what holds afterwards, so a repeat
 * changes nothing. The last question's choice answers the approval. `words`: an answer of the person's own.
 */
export const chooseAnswer = defineEndpoint({
  method: "post",
  path: "/api/v1/approvals/{approvalId}/choices",
  tags: ["approvals"],
  summary: "Choose an option of a question",
  request: {
    params: z.object({ approvalId: approvalIdSchema }),
    body: jsonBody(
      z.object({
        question: z.int().min(0).max(100).describe("By its index"),
        choice: z.discriminatedUnion("kind", [
          z.object({ kind: z.literal("option"), option: z.int().min(0).max(100), chosen: z.boolean() }),
          z.object({ kind: z.literal("words"), words: z.string().trim().min(1).max(2_000) }),
          /** Of a question that takes several: these are all. */
          z.object({ kind: z.literal("done") }),
        ]),
        userId: z.string().max(64).optional(),
      }),
    ),
  },
  responses: { 200: json(approvalSchema) },
});
