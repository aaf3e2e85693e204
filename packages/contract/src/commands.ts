import { ACCESS_ROLES, LANGUAGES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { chatAddressSchema, idempotencyKeySchema, turnIdSchema, userIdSchema } from "./ids.ts";

/** A command's name as Telegram takes it, without the slash. */
export const commandNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, "must be a-z, 0-9 and _, 32 at most");

/** A command that somebody has written as a file: a prompt, or a program of the host. */
export const ownCommandSchema = z.object({
  name: commandNameSchema,
  description: z.string(),
  hint: z.string().nullable().describe("what may stand after it"),
  role: z.enum(ACCESS_ROLES),
  kind: z.enum(["prompt", "program"]),
});
export type OwnCommand = z.infer<typeof ownCommandSchema>;

export const commandListSchema = z.object({
  own: z.array(ownCommandSchema),
  /** Of Claude Code, without the slash. */
  cli: z.array(z.string()),
  /** Files that are no command, and why. */
  problems: z.array(z.object({ file: z.string(), problem: z.string() })),
});
export type CommandList = z.infer<typeof commandListSchema>;

/** Commands that are no part of Steward: own ones, and those of Claude Code that may be passed through in this chat. */
export const listCommands = defineEndpoint({
  method: "get",
  path: "/api/v1/commands",
  tags: ["commands"],
  summary: "Own commands, and those of Claude Code that a chat may use",
  request: {
    query: z.object({
      botId: chatAddressSchema.shape.botId.optional(),
      chatId: chatAddressSchema.shape.chatId.optional(),
      threadId: chatAddressSchema.shape.threadId,
    }),
  },
  responses: { 200: json(commandListSchema) },
});

export const commandOutcomeSchema = z.discriminatedUnion("kind", [
  /** A turn: its answer comes like every other. */
  z.object({ kind: z.literal("turn"), turnId: turnIdSchema }),
  z.object({
    kind: z.literal("ran"),
    exitCode: z.int().nullable().describe("null: it was ended, by us or a signal"),
    timedOut: z.boolean(),
    output: z.string(),
    cut: z.boolean().describe("there was more output than is kept"),
    ms: z.int(),
  }),
  /** A program that was begun for this very message and of which nobody saw the end: it is not run again. */
  z.object({ kind: z.literal("unclear") }),
  z.object({ kind: z.literal("unknown") }),
]);
export type CommandOutcome = z.infer<typeof commandOutcomeSchema>;

/** Runs an own command, or hands one of Claude Code's to the chat's session. */
export const runCommand = defineEndpoint({
  method: "post",
  path: "/api/v1/commands/run",
  tags: ["commands"],
  summary: "Run a command that is no part of Steward",
  request: {
    headers: z.object({ "idempotency-key": idempotencyKeySchema }),
    body: jsonBody(
      chatAddressSchema.extend({
        name: commandNameSchema,
        args: z.string().max(100_000).default(""),
        language: z.enum(LANGUAGES).default("en"),
        userId: userIdSchema.optional().describe("the person of the bot who asks"),
        userName: z.string().max(256).nullable().default(null),
        messageId: z.int().nullable().default(null).describe("the answer's message replies to it"),
      }),
    ),
  },
  responses: { 200: json(commandOutcomeSchema) },
});
