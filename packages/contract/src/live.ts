import { z } from "zod";
import { turnSnapshotSchema } from "./deliveries.ts";
import { defineEndpoint, eventStream } from "./endpoint.ts";
import { botIdSchema, chatAddressSchema } from "./ids.ts";
import { turnEventSchema } from "./turn-events.ts";

/** What a page may show, by what has to be asked for again when it changes. */
export const LIVE_TOPICS = [
  "sessions",
  "history",
  "memories",
  "approvals",
  "access",
  "policies",
  "commands",
  "deliveries",
  "holds",
  "audit",
] as const;
export type LiveTopic = (typeof LIVE_TOPICS)[number];

/** A change says what is no longer as it was, never what it is now: whoever shows it asks for it. */
export const liveChangeSchema = z.object({
  topic: z.enum(LIVE_TOPICS),
  botId: botIdSchema.optional(),
  chat: chatAddressSchema.optional().describe("whose, where it is one chat's"),
});
export type LiveChange = z.infer<typeof liveChangeSchema>;

/**
 * What a page that stays open needs, of all chats. On connecting: the turns that are open. Then everything as it happens.
 * Nothing depends on what an earlier connection saw, so after a break a page asks for what it shows once more.
 */
export const liveEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("turn_opened"), turn: turnSnapshotSchema }),
  z.object({ type: z.literal("turn_event"), event: turnEventSchema }),
  z.object({ type: z.literal("changed"), changes: z.array(liveChangeSchema) }),
  /** The present is complete; what follows is live. */
  z.object({ type: z.literal("live") }),
]);
export type LiveEvent = z.infer<typeof liveEventSchema>;

export const liveStream = defineEndpoint({
  method: "get",
  path: "/api/v1/live",
  tags: ["system"],
  summary: "What happens in all chats, as it happens",
  responses: { 200: eventStream(liveEventSchema, "Server-sent events; `data` is one live event") },
});
