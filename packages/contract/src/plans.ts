import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { chatAddressSchema, repeatableHeaders, turnIdSchema, userIdSchema } from "./ids.ts";

/**
 * Has the plan carried out that waits in a chat, as a turn of its own and once. 409: no plan waits there, or not this one
 * any more (confirmed, revised, expired, or of an earlier conversation).
 */
export const confirmPlan = defineEndpoint({
  method: "post",
  path: "/api/v1/plans/confirm",
  tags: ["turns"],
  summary: "Have a plan carried out",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(
      chatAddressSchema.extend({
        turnId: turnIdSchema.optional().describe("whose answer the plan is; missing: the one that waits"),
        userId: userIdSchema.describe("who confirms it"),
        userName: z.string().max(256).nullish(),
      }),
    ),
  },
  responses: { 202: json(z.object({ turnId: turnIdSchema })) },
});
