import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { chatAddressSchema, repeatableHeaders, turnIdSchema } from "./ids.ts";

/** What a person wants of one turn that waits. Its chat is named with it: an id is a route, not a right. */
const ofOneTurn = {
  headers: repeatableHeaders,
  params: z.object({ turnId: turnIdSchema }),
  body: jsonBody(chatAddressSchema),
};

/** The turn goes ahead of all others of its chat, and what runs there is stopped for it. */
export const advanceTurn = defineEndpoint({
  method: "post",
  path: "/api/v1/turns/{turnId}/advance",
  tags: ["turns"],
  summary: "Send a waiting turn now",
  request: ofOneTurn,
  responses: {
    200: json(
      z.object({
        outcome: z.enum(["next", "running", "ended"]).describe("`next`: nothing is before it any more"),
        interruptedTurnId: turnIdSchema.nullable(),
      }),
    ),
  },
});

/** The turn is taken out of its queue, if it still waits there. Nothing else of the chat changes. */
export const dropTurn = defineEndpoint({
  method: "post",
  path: "/api/v1/turns/{turnId}/drop",
  tags: ["turns"],
  summary: "Drop a waiting turn",
  request: ofOneTurn,
  responses: { 200: json(z.object({ outcome: z.enum(["dropped", "running", "ended"]) })) },
});

/**
 * A message was edited when its turn ran already, or had ended: the same prompt with that edit, as a turn of its own and
 * once. What of it still runs is stopped. 409: there is no such edit, or it was run.
 */
export const rerunEdited = defineEndpoint({
  method: "post",
  path: "/api/v1/chats/edited",
  tags: ["chats"],
  summary: "Run a message again as it was edited",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(chatAddressSchema.extend({ messageId: z.int() })),
  },
  responses: { 202: json(z.object({ turnId: turnIdSchema })) },
});
