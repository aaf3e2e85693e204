import { DELIVERY_KINDS, DELIVERY_STATES, LANGUAGES, TURN_STATES } from "@steward/schema/enums";
import { z } from "zod";
import { accessEntrySchema } from "./access.ts";
import { accessChatSchema, chatMoveSchema } from "./access-chats.ts";
import { approvalIdSchema, shownApprovalSchema } from "./approvals.ts";
import { wantedAttachmentSchema } from "./attachments.ts";
import { ownCommandSchema } from "./commands.ts";
import { defineEndpoint, eventStream, json, jsonBody } from "./endpoint.ts";
import { fileSummarySchema } from "./files.ts";
import { turnHoldSchema } from "./holds.ts";
import { botIdSchema, chatAddressSchema, deliveryIdSchema, turnIdSchema } from "./ids.ts";
import { inboxUpdateSchema } from "./inbox.ts";
import { POLICIES } from "./policies.ts";
import { turnEventSchema } from "./turn-events.ts";

/** A button under a delivered message. What it does is up to the front end, by the same name. */
export const DELIVERY_ACTIONS = [
  "retry",
  "continue",
  "run_queue",
  "drop_queue",
  "resend",
  "run_edited",
  "confirm_plan",
  "revise_plan",
  "pair_allow",
  "pair_refuse",
  "chat_allow",
  "chat_refuse",
  "memory_undo",
  "memory_ask",
] as const;

export const deliverySchema = z.object({
  id: deliveryIdSchema,
  ...chatAddressSchema.shape,
  turnId: turnIdSchema.nullable(),
  kind: z.enum(DELIVERY_KINDS),
  state: z.enum(DELIVERY_STATES),
  /** Markdown. The front end renders and splits it, deterministically, into parts. */
  text: z.string(),
  /** What a `file` delivery carries, and what `resend` is about. */
  file: fileSummarySchema.nullable(),
  /** What an `approval` delivery is about. Its buttons are the approval's own: see there. */
  approvalId: approvalIdSchema.nullable(),
  /** What `pair_…` (a pairing code), `chat_…` (a group's id) and `memory_…` (`change.message`, by their ids) are about. */
  subject: z.string().nullish(),
  /** Grows each time the text is rewritten; the same messages are edited again. */
  revision: z.int(),
  actions: z.array(z.enum(DELIVERY_ACTIONS)),
  language: z.enum(LANGUAGES),
  replyToMessageId: z.int().nullable(),
  /** `placeholderIds[k]` is the message that part k is edited into; null or missing: not sent yet. */
  placeholderIds: z.array(z.int().nullable()),
  /** The last message (the highest id) of the chat's delivery before this one: one above it would stand out of order. */
  shownUpTo: z.int().optional(),
  /** The person's messages that the turn is made of; empty when it came by no front end. */
  turnMessageIds: z.array(z.int()),
  /** When the turn that this is about was begun; UTC ms. */
  turnStartedAt: z.int().nullish(),
  /** The person is away: it comes without a sound. */
  quiet: z.boolean().optional(),
  attempt: z.int(),
  nextAt: z.int().describe("not before this time (UTC ms)"),
  createdAt: z.int(),
  lastError: z.string().nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

/** A turn as a front end needs it to show a status message after (re)connecting. */
export const turnSnapshotSchema = z.object({
  turnId: turnIdSchema,
  ...chatAddressSchema.shape,
  state: z.enum(TURN_STATES),
  language: z.enum(LANGUAGES),
  receivedAt: z.int(),
  startedAt: z.int().nullable(),
  queuePosition: z.int().nullable(),
  held: z.boolean(),
  hold: turnHoldSchema.optional(),
  replyToMessageId: z.int().nullable(),
  placeholderId: z.int().nullable(),
  text: z.string(),
  tools: z.array(
    z.object({
      toolUseId: z.string(),
      name: z.string(),
      summary: z.string(),
      finished: z.boolean(),
      isError: z.boolean(),
    }),
  ),
  /** How much of the work is shown: the policies `verbosity` and `showThinking` as they hold for the chat. */
  verbosity: POLICIES.verbosity.schema.optional(),
  showThinking: z.boolean().optional(),
  /** What the turn waits for a person with. */
  approvals: z.array(shownApprovalSchema),
});
export type TurnSnapshot = z.infer<typeof turnSnapshotSchema>;

/**
 * Everything a front end needs, in one stream per bot. On connecting it gets the present: access list, open turns, open
 * deliveries, updates left pending; then changes as they happen. Nothing depends on what an earlier connection saw.
 */
export const frontEndEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("commands"), own: z.array(ownCommandSchema) }),
  z.object({
    type: z.literal("access"),
    entries: z.array(accessEntrySchema),
    chats: z.array(accessChatSchema).default([]).describe("the groups in which the bot may be used"),
    moves: z.array(chatMoveSchema).default([]).describe("ids of groups that mean another one now"),
  }),
  z.object({ type: z.literal("turn_opened"), turn: turnSnapshotSchema }),
  z.object({ type: z.literal("turn_event"), event: turnEventSchema }),
  z.object({ type: z.literal("delivery"), delivery: deliverySchema }),
  z.object({ type: z.literal("update"), inboxId: z.int(), update: inboxUpdateSchema }),
  /** To be fetched and uploaded; comes again with each connection until it is here, or given up. */
  z.object({ type: z.literal("attachment_wanted"), attachment: wantedAttachmentSchema }),
  /** The present is complete; what follows is live. */
  z.object({ type: z.literal("live") }),
]);
export type FrontEndEvent = z.infer<typeof frontEndEventSchema>;

export const deliveriesStream = defineEndpoint({
  method: "get",
  path: "/api/v1/deliveries/stream",
  tags: ["deliveries"],
  summary: "A front end's stream: deliveries, open turns, access",
  request: {
    query: z.object({
      botId: botIdSchema,
      holder: z.uuid().optional().describe("of the bot's lease, which ends with this stream"),
    }),
  },
  responses: { 200: eventStream(frontEndEventSchema, "Server-sent events; `data` is one front-end event") },
});

/**
 * A part's message was sent; its content follows by edit. The first id wins and is answered. `replaces` names the
 * message known until now, when a person has deleted it: only if that one still counts, the new one takes its place.
 */
export const setDeliveryPlaceholder = defineEndpoint({
  method: "post",
  path: "/api/v1/deliveries/{deliveryId}/placeholder",
  tags: ["deliveries"],
  summary: "Record the message that a part will be edited into",
  request: {
    params: z.object({ deliveryId: deliveryIdSchema }),
    body: jsonBody(
      z.object({
        part: z.int().min(0).max(500),
        messageId: z.int().positive(),
        replaces: z.int().positive().optional(),
      }),
    ),
  },
  responses: { 200: json(z.object({ messageId: z.int() })) },
});

export const settleDelivery = defineEndpoint({
  method: "post",
  path: "/api/v1/deliveries/{deliveryId}/outcome",
  tags: ["deliveries"],
  summary: "Tell how a delivery went",
  request: {
    params: z.object({ deliveryId: deliveryIdSchema }),
    body: jsonBody(
      z.discriminatedUnion("outcome", [
        /** Of an earlier `revision` it says nothing. Missing: the one that stands. */
        z.object({ outcome: z.literal("delivered"), revision: z.int().optional() }),
        /** Before a file goes out: should nobody tell how that went, it is never sent again by itself. */
        z.object({ outcome: z.literal("sending") }),
        z.object({ outcome: z.literal("retry"), retryAt: z.int(), error: z.string().max(500) }),
        z.object({ outcome: z.literal("possibly_delivered"), error: z.string().max(500) }),
        z.object({ outcome: z.literal("dead"), error: z.string().max(500) }),
      ]),
    ),
  },
  responses: { 200: json(z.object({ state: z.enum(DELIVERY_STATES) })) },
});

export const deliverySummarySchema = z.object({
  id: deliveryIdSchema,
  seq: z.int().describe("grows with each delivery: `before` of the next page"),
  ...chatAddressSchema.shape,
  turnId: turnIdSchema.nullable(),
  kind: z.enum(DELIVERY_KINDS),
  state: z.enum(DELIVERY_STATES),
  text: z.string().describe("the first 200 characters"),
  attempt: z.int(),
  lastError: z.string().nullable(),
  createdAt: z.int(),
  settledAt: z.int().nullable(),
});
export type DeliverySummary = z.infer<typeof deliverySummarySchema>;

/** The latest first. What could not be delivered at all is `dead`. */
export const listDeliveries = defineEndpoint({
  method: "get",
  path: "/api/v1/deliveries",
  tags: ["deliveries"],
  summary: "What goes out, has gone out, and could not",
  request: {
    query: z.object({
      state: z.enum(DELIVERY_STATES).optional(),
      botId: botIdSchema.optional(),
      before: z.coerce.number().int().positive().optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
  },
  responses: { 200: json(z.array(deliverySummarySchema)) },
});

/** A dead delivery goes out again: a person has found and mended what stood in its way. */
export const retryDelivery = defineEndpoint({
  method: "post",
  path: "/api/v1/deliveries/{deliveryId}/retry",
  tags: ["deliveries"],
  summary: "Try a dead delivery again",
  request: { params: z.object({ deliveryId: deliveryIdSchema }) },
  responses: { 200: json(z.object({ state: z.enum(DELIVERY_STATES) })) },
});
