import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { chatAddressSchema, userIdSchema } from "./ids.ts";
import { POLICIES, policySchema } from "./policies.ts";

export const modelListSchema = z.object({
  models: z.array(
    z.object({
      name: z.string().describe("what to choose it by: an alias such as `haiku`, or a whole name"),
      title: z.string().describe("what the CLI calls it"),
    }),
  ),
  seenAt: z.int().describe("when the CLI first offered exactly these"),
});
export type ModelList = z.infer<typeof modelListSchema>;

export const modelChoiceSchema = z.object({
  model: z.string().nullable().describe("null: the account's default"),
  from: policySchema.shape.from,
});
export type ModelChoice = z.infer<typeof modelChoiceSchema>;

export const listModels = defineEndpoint({
  method: "get",
  path: "/api/v1/models",
  tags: ["models"],
  summary: "The models that the Claude CLI offers to this account",
  responses: { 200: json(modelListSchema) },
});

export const getChatModel = defineEndpoint({
  method: "get",
  path: "/api/v1/chats/model",
  tags: ["models"],
  summary: "Which model a chat is set to, and who said so",
  request: { query: chatAddressSchema },
  responses: { 200: json(modelChoiceSchema) },
});

/** From the chat's next turn on, also in a warm session. Any well-formed name is taken: the list is not complete. */
export const chooseChatModel = defineEndpoint({
  method: "put",
  path: "/api/v1/chats/model",
  tags: ["models"],
  summary: "Choose a chat's model; null goes back to what holds for its bot",
  request: {
    body: jsonBody(
      chatAddressSchema.extend({
        model: POLICIES.model.schema,
        userId: userIdSchema.optional().describe("the person of the bot who asks: must be let in there"),
      }),
    ),
  },
  responses: { 200: json(modelChoiceSchema) },
});
