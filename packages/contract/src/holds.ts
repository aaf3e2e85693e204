import { HOLD_KINDS } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json } from "./endpoint.ts";
import { botIdSchema, userIdSchema } from "./ids.ts";

/** Why turns wait although nothing of the chat's own runs, and until when, if that is known (UTC ms). */
export const turnHoldSchema = z.object({ kind: z.enum(HOLD_KINDS), until: z.int().nullable() });
export type TurnHold = z.infer<typeof turnHoldSchema>;

export const holdSchema = turnHoldSchema.extend({ since: z.int(), by: z.string() });

export type HoldInfo = z.infer<typeof holdSchema>;

export const panicSchema = z.object({
  active: z.boolean(),
  since: z.int().nullable(),
  by: z.string().nullable(),
  /** Turns that wait for the release. */
  waiting: z.int(),
});
export type Panic = z.infer<typeof panicSchema>;

/** Who asks, when a front end asks for a person: they must be owner or admin of that bot. Absent: the token's holder. */
const onBehalfOf = {
  required: false,
  content: {
    "application/json": {
      schema: z.object({ botId: botIdSchema, userId: userIdSchema }),
    },
  },
} as const;

export const getPanic = defineEndpoint({
  method: "get",
  path: "/api/v1/panic",
  tags: ["brakes"],
  summary: "Whether everything is stopped",
  responses: { 200: json(panicSchema) },
});

/** Stops all running turns at once and runs no others, from whatever door, until released; also across restarts. */
export const startPanic = defineEndpoint({
  method: "post",
  path: "/api/v1/panic",
  tags: ["brakes"],
  summary: "Stop everything",
  request: { body: onBehalfOf },
  responses: {
    200: json(
      panicSchema.extend({
        stopped: z.int().describe("turns that were running"),
        ended: z.int().describe("CLI processes that were ended"),
      }),
    ),
  },
});

/** What was accepted meanwhile runs now. */
export const releasePanic = defineEndpoint({
  method: "post",
  path: "/api/v1/panic/release",
  tags: ["brakes"],
  summary: "Let turns run again",
  request: { body: onBehalfOf },
  responses: { 200: json(panicSchema.extend({ released: z.boolean() })) },
});
