import { ACCESS_ROLES, LANGUAGES } from "@steward/schema/enums";
import { z } from "zod";
import { accessEntrySchema } from "./access.ts";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { botIdSchema, repeatableHeaders, userIdSchema } from "./ids.ts";

const DAY_MS = 86_400_000;

/** An invitation as it is listed. Its code is known to nobody but those whom it was shown to. */
export const invitationSchema = z.object({
  id: z.uuid(),
  botId: botIdSchema,
  role: z.enum(ACCESS_ROLES),
  createdBy: z.string(),
  createdAt: z.int(),
  expiresAt: z.int(),
});
export type Invitation = z.infer<typeof invitationSchema>;

/** The one time that the code is shown. `warning` tells that a second person would share one subscription. */
export const createInvitation = defineEndpoint({
  method: "post",
  path: "/api/v1/access/invitations",
  tags: ["access"],
  summary: "Invite one person by a link",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(
      z.object({
        botId: botIdSchema,
        role: z.enum(ACCESS_ROLES).default("user"),
        expiresInMs: z
          .int()
          .min(60_000)
          .max(30 * DAY_MS)
          .default(DAY_MS),
        language: z.enum(LANGUAGES).default("en").describe("of the warning"),
        actingUserId: userIdSchema
          .optional()
          .describe("the person of the bot who invites: its owner; or an admin, when it is a user"),
      }),
    ),
  },
  responses: {
    200: json(
      z.object({
        ...invitationSchema.shape,
        code: z.string(),
        link: z.string().nullable().describe("null while the bot's username is not known"),
        warning: z.string().nullable(),
      }),
    ),
  },
});

export const listInvitations = defineEndpoint({
  method: "get",
  path: "/api/v1/access/invitations",
  tags: ["access"],
  summary: "Invitations that can still be used",
  request: { query: z.object({ botId: botIdSchema.optional() }) },
  responses: { 200: json(z.array(invitationSchema)) },
});

export const withdrawInvitation = defineEndpoint({
  method: "post",
  path: "/api/v1/access/invitations/withdraw",
  tags: ["access"],
  summary: "Take an unused invitation back",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(z.object({ id: z.uuid(), actingUserId: userIdSchema.optional() })),
  },
  responses: { 200: json(z.object({ withdrawn: z.boolean() })) },
});

/** `/start CODE`. The owners are told who came in, and, once, that a second person shares one subscription. */
export const redeemInvitation = defineEndpoint({
  method: "post",
  path: "/api/v1/access/invitations/redeem",
  tags: ["access"],
  summary: "Come in by an invitation",
  request: {
    body: jsonBody(
      z.object({
        botId: botIdSchema,
        userId: userIdSchema,
        code: z.string().min(1).max(128),
        username: z.string().max(64).nullable(),
        name: z.string().max(256).nullable(),
        language: z.enum(LANGUAGES).default("en"),
      }),
    ),
  },
  responses: { 200: json(z.object({ entry: accessEntrySchema })) },
});
