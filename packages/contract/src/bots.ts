import { BOT_KINDS, BOT_STATES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { botIdSchema } from "./ids.ts";

export const botSchema = z.object({
  id: botIdSchema,
  kind: z.enum(BOT_KINDS),
  username: z.string().nullable(),
  state: z.enum(BOT_STATES),
  stateDetail: z.string(),
  stateAt: z.int(),
  /** False: in groups it is shown only what is meant for it, unless it is an admin there. Null: not known. */
  readsAllMessages: z.boolean().nullish(),
  /** The last update that is durably here; null when none is, or when it is a week old and its number means nothing. */
  ackedThrough: z.int().nullable(),
});
export type Bot = z.infer<typeof botSchema>;

/** A front end starts: it makes its bot known and learns where to poll on. */
export const registerBot = defineEndpoint({
  method: "put",
  path: "/api/v1/bots/{botId}",
  tags: ["bots"],
  summary: "Make a bot known",
  request: {
    params: z.object({ botId: botIdSchema }),
    body: jsonBody(
      z.object({
        username: z.string().max(64).nullable(),
        readsAllMessages: z
          .boolean()
          .optional()
          .describe("privacy mode is off: it is shown all that is written in groups"),
      }),
    ),
  },
  responses: { 200: json(botSchema) },
});

export const reportBotState = defineEndpoint({
  method: "put",
  path: "/api/v1/bots/{botId}/state",
  tags: ["bots"],
  summary: "Report a poller's health",
  request: {
    params: z.object({ botId: botIdSchema }),
    body: jsonBody(z.object({ state: z.enum(BOT_STATES), detail: z.string().max(500).default("") })),
  },
  responses: { 200: json(botSchema) },
});

/**
 * A front end asks to be the one that serves the bot, for so long, and again before that has passed. It is refused while
 * another one has it. Whoever is refused must neither poll nor deliver.
 */
export const leaseBot = defineEndpoint({
  method: "put",
  path: "/api/v1/bots/{botId}/lease",
  tags: ["bots"],
  summary: "Be the one front end of a bot",
  request: {
    params: z.object({ botId: botIdSchema }),
    body: jsonBody(
      z.object({
        holder: z.uuid().describe("the front end, from its start to its end"),
        forMs: z.int().min(0).max(120_000).describe("0: gives it back"),
      }),
    ),
  },
  responses: {
    200: json(z.object({ held: z.boolean(), until: z.int().describe("UTC ms, whoever has it") })),
  },
});

export const listBots = defineEndpoint({
  method: "get",
  path: "/api/v1/bots",
  tags: ["bots"],
  summary: "Known bots and their health",
  responses: { 200: json(z.array(botSchema)) },
});
