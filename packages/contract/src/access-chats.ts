import { CHAT_ADMISSIONS, CHAT_ATTENTIONS } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { botIdSchema, chatIdSchema, repeatableHeaders, userIdSchema } from "./ids.ts";

/** A group in which a bot may be used. */
export const accessChatSchema = z.object({
  botId: botIdSchema,
  chatId: chatIdSchema,
  title: z.string().nullable(),
  admits: z
    .enum(CHAT_ADMISSIONS)
    .describe("whom it serves: people who are paired with it, or everyone in it"),
  listensTo: z
    .enum(CHAT_ATTENTIONS)
    .describe("what it answers: what mentions it, replies to it or commands it; or all that is written"),
  allowedBy: z.string(),
  createdAt: z.int(),
  leftAt: z.int().nullable().describe("the bot is not in it any more; nobody is served there"),
});
export type AccessChat = z.infer<typeof accessChatSchema>;

/** A group that lives on under another id. */
export const chatMoveSchema = z.object({ fromChatId: chatIdSchema, toChatId: chatIdSchema });
export type ChatMove = z.infer<typeof chatMoveSchema>;

export const listAccessChats = defineEndpoint({
  method: "get",
  path: "/api/v1/access/chats",
  tags: ["access"],
  summary: "In which groups a bot may be used",
  request: { query: z.object({ botId: botIdSchema.optional() }) },
  responses: { 200: json(z.array(accessChatSchema)) },
});

/** What is left out stays as it is. `privacyMode`: Telegram does not show the bot what it is now to listen to. */
export const allowChat = defineEndpoint({
  method: "put",
  path: "/api/v1/access/chats/{botId}/{chatId}",
  tags: ["access"],
  summary: "Let a bot be used in a group, and say how",
  request: {
    params: z.object({ botId: botIdSchema, chatId: chatIdSchema }),
    body: jsonBody(
      z.object({
        title: z.string().max(256).nullish(),
        admits: z.enum(CHAT_ADMISSIONS).optional(),
        listensTo: z.enum(CHAT_ATTENTIONS).optional(),
        actingUserId: userIdSchema
          .optional()
          .describe("the person of the bot who asks: its owner or an admin; `admits` is for the owner alone"),
      }),
    ),
  },
  responses: { 200: json(z.object({ chat: accessChatSchema, privacyMode: z.boolean() })) },
});

export const disallowChat = defineEndpoint({
  method: "delete",
  path: "/api/v1/access/chats/{botId}/{chatId}",
  tags: ["access"],
  summary: "Let a bot not be used in a group any more",
  request: {
    headers: repeatableHeaders,
    params: z.object({ botId: botIdSchema, chatId: chatIdSchema }),
    query: z.object({ actingUserId: userIdSchema.optional() }),
  },
  responses: { 200: json(z.object({ disallowed: z.boolean() })) },
});

/** Telegram has said, in its answer to a call, that a group has become a supergroup. */
export const moveChat = defineEndpoint({
  method: "post",
  path: "/api/v1/chats/moves",
  tags: ["chats"],
  summary: "A group lives on under another id",
  request: { body: jsonBody(z.object({ botId: botIdSchema, ...chatMoveSchema.shape })) },
  responses: { 200: json(z.object({ moved: z.boolean() })) },
});
