import { SESSION_STATES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { turnHoldSchema } from "./holds.ts";
import { chatAddressSchema, repeatableHeaders, turnIdSchema } from "./ids.ts";

const passedOverSchema = z.object({
  badLines: z.int().describe("lines that were no JSON object"),
  oversizeLines: z.int().describe("lines too long to be read"),
  unknownEvents: z.int().describe("events of a kind this version does not know"),
});
/** What Claude CLIs have said that could not be read, since the service started. */
export type PassedOver = z.infer<typeof passedOverSchema>;

export const passedOverTotalSchema = z.object({
  ...passedOverSchema.shape,
  unknownTypes: z.array(z.object({ type: z.string(), count: z.int() })).describe("the most frequent first"),
});
export type PassedOverTotal = z.infer<typeof passedOverTotalSchema>;

export const sessionInfoSchema = z.object({
  ...chatAddressSchema.shape,
  state: z.enum(SESSION_STATES),
  pid: z.int().nullable(),
  startedAt: z.int().nullable().describe("when its process was started (UTC ms)"),
  warmSince: z.int().nullable().describe("alive and free since"),
  lastActiveAt: z.int().nullable(),
  model: z.string().nullable(),
  waiting: z.int(),
  hold: turnHoldSchema.nullable(),
  runningTurnId: turnIdSchema.nullable(),
  usage: z
    .object({
      cpuPercent: z.number().describe("of one processor, over the last moment"),
      rssBytes: z.int().describe("resident; pages that processes share count for each of them"),
      processes: z.int(),
    })
    .nullable()
    .describe("of its process and all that this has started; null without one"),
  passedOver: passedOverSchema
    .default({ badLines: 0, oversizeLines: 0, unknownEvents: 0 })
    .describe("what its CLI has said that could not be read, since the service started"),
});
export type SessionInfo = z.infer<typeof sessionInfoSchema>;

/** Sessions that are awake first, then those asleep, each the latest first. Chats without a session are not listed. */
export const listSessions = defineEndpoint({
  method: "get",
  path: "/api/v1/sessions",
  tags: ["sessions"],
  summary: "Every session, awake or asleep, and what its processes take",
  responses: { 200: json(z.array(sessionInfoSchema)) },
});

/** Puts free sessions to sleep. Their conversations and files stay, and the next message wakes them. */
export const reapSessions = defineEndpoint({
  method: "post",
  path: "/api/v1/sessions/reap",
  tags: ["sessions"],
  summary: "Suspend sessions that are free",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(
      z.object({ idleForMs: z.int().min(0).default(0).describe("only those free for at least this long") }),
    ),
  },
  responses: {
    200: json(z.object({ reaped: z.array(z.object({ ...chatAddressSchema.shape, idleMs: z.int() })) })),
  },
});
