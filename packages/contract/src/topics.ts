import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { chatAddressSchema } from "./ids.ts";

/** A front end has seen what a topic is called. */
export const noteTopic = defineEndpoint({
  method: "put",
  path: "/api/v1/chats/topic",
  tags: ["chats"],
  summary: "Tell what a topic is called",
  request: {
    body: jsonBody(
      chatAddressSchema.extend({
        name: z.string().max(256),
        isDefault: z.boolean().describe("nobody has chosen this name"),
      }),
    ),
  },
  responses: { 200: json(z.object({ ok: z.literal(true) })) },
});

/** Told once: whoever asks gives the topic that name. */
export const titleTopic = defineEndpoint({
  method: "post",
  path: "/api/v1/chats/topic/title",
  tags: ["chats"],
  summary: "What a topic without a name of its own is to be called",
  request: { body: jsonBody(chatAddressSchema) },
  responses: { 200: json(z.object({ title: z.string().nullable().describe("null: it keeps its name") })) },
});
