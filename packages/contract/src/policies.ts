import { PERMISSION_MODES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { botIdSchema, chatIdSchema, threadIdSchema, userIdSchema } from "./ids.ts";

const usd = z.number().positive().max(100_000).nullable();
const rate = z.int().min(1).max(100_000).nullable();
const modelName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/[\]-]{0,99}$/, "must be a model's name or alias")
  .nullable();

/** A tool's name, or with what it may be called: `Bash(git status)`. */
const allowRule = z
  .string()
  .max(300)
  .regex(/^[A-Za-z][A-Za-z0-9_*-]*(\(.+\))?$/, "must be a rule like Read or Bash(git status)");

/**
 * What a person can set for everything, for a bot, or for a chat. The narrowest scope that says something wins, and
 * what nobody has set has the value given here. A new policy is a line in this table.
 */
export const POLICIES = {
  permissionMode: {
    schema: z.enum(PERMISSION_MODES),
    initial: "default",
    summary: "How the CLI asks before it uses a tool",
  },
  allowRules: {
    schema: z.array(allowRule).max(200),
    initial: [],
    summary: "Tools that may run without a question, in the CLI's own rule syntax: Bash(git status)",
  },
  unattended: {
    schema: z.enum(["deny", "ask"]),
    initial: "ask",
    summary: "Questions of sources that cannot ask (gateway, cron): shown in the terminal, or denied at once",
  },
  approvalTimeoutMs: {
    schema: z.int().min(1_000).max(86_400_000),
    initial: 600_000,
    summary: "How long a question of the agent's waits for an answer before it counts as denied",
  },
  model: { schema: modelName, initial: null, summary: "Which model answers; null = the CLI's default" },
  fallbackModel: {
    schema: modelName,
    initial: null,
    summary: "Which model answers when that one is overloaded",
  },
  triage: {
    schema: z.enum(["off", "haiku"]),
    initial: "off",
    summary: "Whether a cheap model first decides who answers",
  },
  maxUsdPerTurn: { schema: usd, initial: null, summary: "A turn that has cost more is stopped" },
  maxUsdPerDay: {
    schema: usd,
    initial: null,
    summary: "After this much in one day (UTC) nothing more is sent",
  },
  maxTurnsPerMinute: {
    schema: rate,
    initial: 120,
    summary: "Turns that one person, and one chat, may ask for in a minute; null = no limit",
  },
  maxTurnsPerHour: {
    schema: rate,
    initial: 1_200,
    summary: "Turns that one person, and one chat, may ask for in an hour; null = no limit",
  },
  maxTokenTurnsPerMinute: {
    schema: rate,
    initial: 600,
    summary: "Turns that all programs with the API's token may ask for in a minute; null = no limit",
  },
  idleTimeoutMs: {
    schema: z.int().min(10_000).max(2_592_000_000).nullable(),
    initial: null,
    summary: "How long a session stays warm without a message; null = the service's setting",
  },
  archiveAfterDays: {
    schema: z.int().min(1).max(3_650).nullable(),
    initial: 30,
    summary: "Silent chats are packed away after this long; null = never",
  },
  fileQuotaMb: {
    schema: z.int().min(1).max(1_000_000),
    initial: 2_048,
    summary: "How many megabytes the files that were sent to a chat may take together",
  },
  keepMessagesDays: {
    schema: z.int().min(1).max(36_500).nullable(),
    initial: null,
    summary: "How long it is kept what was said; null = for ever",
  },
  keepTurnEventsDays: {
    schema: z.int().min(1).max(365),
    initial: 7,
    summary: "How long the replayable log of an ended turn is kept; its text stays in the history",
  },
  keepPayloadsDays: {
    schema: z.int().min(1).max(30),
    initial: 7,
    summary: "How long the updates that came in are kept word by word, once they are settled",
  },
  keepAuditDays: {
    schema: z.int().min(30).max(3_650).nullable(),
    initial: 365,
    summary: "How long it is kept who changed what in the service; null = for ever",
  },
  keepApprovalsDays: {
    schema: z.int().min(1).max(3_650).nullable(),
    initial: 30,
    summary:
      "How long it is kept what a tool was called with, after it was allowed or denied; null = for ever",
  },
  keepForgottenDays: {
    schema: z.int().min(1).max(3_650),
    initial: 30,
    summary: "How long a memory that was forgotten can be brought back; then nothing tells of it any more",
  },
  keepMemoryChangesDays: {
    schema: z.int().min(30).max(3_650).nullable(),
    initial: 365,
    summary: "How long it is kept how memories were changed; null = for ever",
  },
  rememberSentences: {
    schema: z.boolean(),
    initial: true,
    summary:
      "Whether “remember …” and “forget …”, written as plain messages, are done at once, without a turn",
  },
  summariseAfterDays: {
    schema: z.int().min(1).max(365).nullable(),
    initial: null,
    summary:
      "After so many days of silence a conversation is summarised into memory by a cheap model, which costs money; null = never",
  },
  keepRestoredArchivesDays: {
    schema: z.int().min(1).max(3_650),
    initial: 30,
    summary: "How long an archive is kept after its content was brought back",
  },
  bashNetwork: {
    schema: z.array(z.string().min(1).max(253)).max(200),
    initial: [],
    summary: "Hosts that the agent's commands may reach from inside the sandbox",
  },
  cliCommands: {
    schema: z
      .array(z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, "must be a command's name without the slash"))
      .max(50),
    initial: ["compact", "context", "review", "init"],
    summary: "Slash commands of Claude Code that may be used in a chat; all others reach it as plain text",
  },
  persona: {
    schema: z.string().trim().min(1).max(8_000).nullable(),
    initial: null,
    summary: "Who the agent is here and how it speaks: added to its system prompt; null = nothing",
  },
  memoryTools: {
    schema: z.boolean(),
    initial: true,
    summary:
      "Whether the agent has tools for what is remembered and what was said; they run without a question",
  },
  recallTokens: {
    schema: z.int().min(0).max(20_000),
    initial: 800,
    summary:
      "How many tokens of what is remembered go into a turn at most; 0 = nothing is recalled by itself",
  },
  topicTitles: {
    schema: z.boolean(),
    initial: true,
    summary: "Whether a topic that nobody has named is called after its first question",
  },
  awaySince: {
    schema: z.int().positive().nullable(),
    initial: null,
    summary: "Since when nobody reads the chat (/away): questions wait longer, and nothing rings",
  },
  verbosity: {
    schema: z.union([z.literal(0), z.literal(1), z.literal(2)]),
    initial: 1,
    summary:
      "How much a chat is shown of the work: 0 = that it goes on, 1 = the latest steps and the text, 2 = all steps",
  },
  showThinking: {
    schema: z.boolean(),
    initial: false,
    summary: "Whether a chat is shown what the model thinks before it answers",
  },
} as const satisfies Record<string, { schema: z.ZodType; initial: unknown; summary: string }>;

export type PolicyName = keyof typeof POLICIES;
export type PolicyValue<Name extends PolicyName> = z.output<(typeof POLICIES)[Name]["schema"]>;

export const POLICY_NAMES = Object.keys(POLICIES) as [PolicyName, ...PolicyName[]];

/** Nothing = everything; a bot; or a chat of a bot. */
const scopeShape = {
  botId: botIdSchema.optional(),
  chatId: chatIdSchema.optional(),
  threadId: threadIdSchema.default(""),
};

export const policySchema = z.object({
  name: z.enum(POLICY_NAMES),
  value: z.unknown(),
  /** Which scope said so. */
  from: z.enum(["initial", "environment", "global", "bot", "chat"]),
  updatedAt: z.int().nullable(),
  updatedBy: z.string().nullable(),
});
export type Policy = z.infer<typeof policySchema>;

/** What holds for a scope, and where each value comes from. */
export const listPolicies = defineEndpoint({
  method: "get",
  path: "/api/v1/policies",
  tags: ["policies"],
  summary: "What is set for everything, a bot or a chat",
  request: { query: z.object(scopeShape) },
  responses: { 200: json(z.array(policySchema)) },
});

/** Without a value, or with `clear: true`, the scope's own word is taken back. */
export const setPolicy = defineEndpoint({
  method: "put",
  path: "/api/v1/policies",
  tags: ["policies"],
  summary: "Set or clear one policy of a scope",
  request: {
    body: jsonBody(
      z.object({
        ...scopeShape,
        name: z.enum(POLICY_NAMES),
        value: z.unknown().optional(),
        clear: z.boolean().default(false),
        expectedUpdatedAt: z
          .int()
          .nullable()
          .optional()
          .describe("`updatedAt` as it was shown; 409 `policy_changed` when it is another by now"),
        userId: userIdSchema
          .optional()
          .describe(
            "the person of `botId` who asks: must be its owner or an admin, and may set nothing for everything",
          ),
      }),
    ),
  },
  responses: { 200: json(policySchema) },
});
