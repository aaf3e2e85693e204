import { INBOX_STATES, LANGUAGES, UPDATE_KINDS } from "@steward/schema/enums";
import { z } from "zod";
import { chatMoveSchema } from "./access-chats.ts";
import { incomingAttachmentSchema } from "./attachments.ts";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { botIdSchema, chatIdSchema, threadIdSchema, userIdSchema } from "./ids.ts";

/** One classified update. The classification is the front end's; whether it may do anything is decided here again. */
export const inboxUpdateSchema = z.object({
  updateId: z.int(),
  kind: z.enum(UPDATE_KINDS),
  chat: z
    .object({
      id: chatIdSchema,
      type: z.enum(["private", "group", "supergroup", "channel"]),
      threadId: threadIdSchema.default(""),
      title: z.string().max(256).nullish().describe("of a group"),
    })
    .nullable(),
  sender: z
    .object({
      id: userIdSchema,
      username: z.string().max(64).nullable(),
      name: z.string().max(256).nullable(),
      language: z.enum(LANGUAGES),
    })
    .nullable(),
  messageId: z.int().nullable(),
  sentAt: z.int().nullish().describe("when it was sent, UTC ms"),
  /** The prompt, or the command's arguments. Empty for kinds that carry no text. */
  text: z.string().max(1_048_576),
  addressed: z.boolean().optional().describe("of a prompt in a group: it names the bot, or replies to it"),
  /** Of a prompt: what runs in its chat is stopped, and it is next. */
  interrupts: z.boolean().optional(),
  command: z.string().max(32).nullable().describe("without the slash, for kind `command`"),
  /** The text that was replied to, quoted to the agent as a quote. */
  replyTo: z
    .object({
      messageId: z.int().describe("0: in another chat"),
      text: z.string().max(65_536),
      from: z.string().max(256).nullish().describe("who wrote it, by name"),
      sentAt: z.int().nullish().describe("when, UTC ms"),
    })
    .nullable(),
  /** Whose words `text` is, when the person passed on somebody else's. Empty: nobody's name is known. */
  forwardedFrom: z.string().max(256).nullish(),
  forwardedAt: z.int().nullish().describe("when those words were written, UTC ms"),
  /** Files that came with it. They are fetched after the commit; its turn waits for them. */
  attachments: z.array(incomingAttachmentSchema).max(10).optional(),
  /** Shared by the messages of an album, which come as one update each and are one turn. */
  mediaGroupId: z.string().min(1).max(64).nullish(),
  /** Of `membership`: what became of the bot in the chat, in Telegram's words. */
  membership: z.object({ oldStatus: z.string().max(64), newStatus: z.string().max(64) }).nullish(),
  /** Of `membership`: the group lives on under another id. */
  migration: chatMoveSchema.nullish(),
  reason: z
    .string()
    .max(200)
    .nullable()
    .describe("why a `denied`, `unsupported` or `malformed` update is one"),
  raw: z.unknown().describe("the update as it came; null for denied ones, whose content is not kept"),
});
export type InboxUpdate = z.infer<typeof inboxUpdateSchema>;

export const inboxResultSchema = z.object({
  updateId: z.int(),
  inboxId: z.int(),
  state: z.enum(INBOX_STATES),
  turnId: z.string().nullable(),
  edited: z.boolean().optional().describe("an edit that counts: the turn of its message still waits"),
  duplicate: z.boolean(),
});
export type InboxResult = z.infer<typeof inboxResultSchema>;

/**
 * The durability boundary: 200 means that every update is committed. Without it the front end must not move its offset.
 * Repeating a batch changes nothing and gives the same answer.
 */
export const postInbox = defineEndpoint({
  method: "post",
  path: "/api/v1/inbox",
  tags: ["inbox"],
  summary: "Hand in a batch of updates",
  request: {
    body: jsonBody(z.object({ botId: botIdSchema, updates: z.array(inboxUpdateSchema).min(1).max(100) })),
  },
  responses: { 200: json(z.object({ ackedThrough: z.int(), results: z.array(inboxResultSchema) })) },
});

/** The front end has handled a row that is not a prompt. */
export const settleInbox = defineEndpoint({
  method: "post",
  path: "/api/v1/inbox/{inboxId}/outcome",
  tags: ["inbox"],
  summary: "Acknowledge a handled update",
  request: {
    params: z.object({ inboxId: z.coerce.number().int().positive() }),
    body: jsonBody(
      z.object({ state: z.enum(["handled", "ignored", "dead"]), detail: z.string().max(500).default("") }),
    ),
  },
  responses: { 200: json(z.object({ state: z.enum(INBOX_STATES) })) },
});
