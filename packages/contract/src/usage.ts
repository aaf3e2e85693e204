import { z } from "zod";
import { defineEndpoint, json } from "./endpoint.ts";
import { botIdSchema, chatIdSchema, threadIdSchema } from "./ids.ts";

const figures = {
  turns: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  cacheReadTokens: z.int(),
  cacheCreationTokens: z.int(),
  costUsd: z.number().describe("as the CLI reckons it; a subscription is not billed by it"),
};

export const USAGE_GROUPS = ["day", "chat", "model"] as const;

export const usageRowSchema = z.object({
  /** A UTC day (`2026-11-21`), a chat (`bot/chat`, with `.t<topic>`), or a model (empty when unknown). */
  key: z.string(),
  ...figures,
});
export type UsageRow = z.infer<typeof usageRowSchema>;

export const usageSchema = z.object({
  from: z.int(),
  to: z.int(),
  by: z.enum(USAGE_GROUPS),
  rows: z.array(usageRowSchema),
  total: z.object(figures),
});
export type Usage = z.infer<typeof usageSchema>;

/** What ended turns have used. Without `from` the last 30 days (UTC), without `to` until now. */
export const getUsage = defineEndpoint({
  method: "get",
  path: "/api/v1/usage",
  tags: ["usage"],
  summary: "Tokens and cost by day, chat or model",
  request: {
    query: z.object({
      from: z.coerce.number().int().min(0).optional().describe("UTC ms, included"),
      to: z.coerce.number().int().min(0).optional().describe("UTC ms, excluded"),
      botId: botIdSchema.optional(),
      chatId: chatIdSchema.optional(),
      threadId: threadIdSchema.optional(),
      by: z.enum(USAGE_GROUPS).default("day"),
    }),
  },
  responses: { 200: json(usageSchema) },
});
