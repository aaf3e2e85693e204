import { ACCESS_ROLES, LANGUAGES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { botIdSchema, chatIdSchema, repeatableHeaders, userIdSchema } from "./ids.ts";

export const accessEntrySchema = z.object({
  botId: botIdSchema,
  userId: userIdSchema,
  role: z.enum(ACCESS_ROLES),
  username: z.string().nullable(),
  name: z.string().nullable(),
  createdAt: z.int(),
});
export type AccessEntry = z.infer<typeof accessEntrySchema>;

export const pairingRequestSchema = z.object({
  code: z.string(),
  botId: botIdSchema,
  userId: userIdSchema,
  chatId: chatIdSchema,
  username: z.string().nullable(),
  name: z.string().nullable(),
  createdAt: z.int(),
  expiresAt: z.int(),
});
export type PairingRequest = z.infer<typeof pairingRequestSchema>;

/** A stranger wrote /start: one code per person, at most three people waiting per bot, one hour. */
export const requestPairing = defineEndpoint({
  method: "post",
  path: "/api/v1/pairing/requests",
  tags: ["access"],
  summary: "Ask for a pairing code",
  request: {
    body: jsonBody(
      z.object({
        botId: botIdSchema,
        userId: userIdSchema,
        chatId: chatIdSchema,
        username: z.string().max(64).nullable(),
        name: z.string().max(256).nullable(),
      }),
    ),
  },
  responses: { 200: json(z.object({ code: z.string(), expiresAt: z.int(), fresh: z.boolean() })) },
});

export const listPairingRequests = defineEndpoint({
  method: "get",
  path: "/api/v1/pairing/requests",
  tags: ["access"],
  summary: "Who is waiting to be paired",
  responses: { 200: json(z.array(pairingRequestSchema)) },
});

/** Who was refused is not asked about again for a week. */
export const refusePairing = defineEndpoint({
  method: "post",
  path: "/api/v1/pairing/refuse",
  tags: ["access"],
  summary: "Refuse a pairing code",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(
      z.object({
        code: z.string().min(1).max(32),
        actingUserId: userIdSchema
          .optional()
          .describe("the person of the bot who refuses: must be its owner or an admin"),
      }),
    ),
  },
  responses: { 200: json(z.object({ refused: pairingRequestSchema })) },
});

/** The first person of a bot becomes its owner. `warning` tells once when a second person shares one subscription. */
export const approvePairing = defineEndpoint({
  method: "post",
  path: "/api/v1/pairing/approve",
  tags: ["access"],
  summary: "Approve a pairing code",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(
      z.object({
        code: z.string().min(1).max(32),
        language: z.enum(LANGUAGES).default("en").describe("of the warning"),
        actingUserId: userIdSchema
          .optional()
          .describe("the person of the bot who approves: must be its owner or an admin"),
      }),
    ),
  },
  responses: { 200: json(z.object({ entry: accessEntrySchema, warning: z.string().nullable() })) },
});

export const listAccess = defineEndpoint({
  method: "get",
  path: "/api/v1/access",
  tags: ["access"],
  summary: "Who may use a bot",
  request: { query: z.object({ botId: botIdSchema.optional() }) },
  responses: { 200: json(z.array(accessEntrySchema)) },
});

/** Only an owner may, and a bot keeps one: `last_owner`. */
export const setRole = defineEndpoint({
  method: "put",
  path: "/api/v1/access/{botId}/{userId}/role",
  tags: ["access"],
  summary: "Make a person owner, admin or user of a bot",
  request: {
    params: z.object({ botId: botIdSchema, userId: userIdSchema }),
    body: jsonBody(
      z.object({
        role: z.enum(ACCESS_ROLES),
        actingUserId: userIdSchema.optional().describe("the person of the bot who asks: must be its owner"),
      }),
    ),
  },
  responses: { 200: json(accessEntrySchema) },
});

export const revokeAccess = defineEndpoint({
  method: "delete",
  path: "/api/v1/access/{botId}/{userId}",
  tags: ["access"],
  summary: "Take a person's access away; the last owner's is kept",
  request: {
    headers: repeatableHeaders,
    params: z.object({ botId: botIdSchema, userId: userIdSchema }),
    query: z.object({
      actingUserId: userIdSchema
        .optional()
        .describe("the person of the bot who asks: its owner; or an admin, when it is neither's access"),
    }),
  },
  responses: { 200: json(z.object({ revoked: z.boolean() })) },
});
