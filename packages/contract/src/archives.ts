import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { botIdSchema, chatAddressSchema, chatIdSchema, repeatableHeaders, threadIdSchema } from "./ids.ts";

export const archiveIdSchema = z.uuid().describe("An archive (UUIDv7)");

/** A silent chat's workspace and transcripts, packed away. */
export const archiveSchema = z.object({
  id: z.string(),
  ...chatAddressSchema.shape,
  path: z.string().describe("a tar.gz in the data directory"),
  bytes: z.int(),
  files: z.int(),
  createdAt: z.int(),
  restoredAt: z.int().nullable().describe("when it was brought back; null = it was not"),
  failedAt: z.int().nullable().describe("when it could not be brought back the last time"),
  givenUpAt: z
    .int()
    .nullable()
    .describe("when its chat went on without it; null while the next message is to bring it back"),
});
export type Archive = z.infer<typeof archiveSchema>;

export const listArchives = defineEndpoint({
  method: "get",
  path: "/api/v1/archives",
  tags: ["archives"],
  summary: "What was packed away, the latest first",
  request: {
    query: z.object({
      botId: botIdSchema.optional(),
      chatId: chatIdSchema.optional(),
      threadId: threadIdSchema.default(""),
    }),
  },
  responses: { 200: json(z.array(archiveSchema)) },
});

/** Refused while anything runs, waits or is on its way. */
export const archiveChat = defineEndpoint({
  method: "post",
  path: "/api/v1/archives",
  tags: ["archives"],
  summary: "Pack a chat's workspace and transcripts away now",
  request: { headers: repeatableHeaders, body: jsonBody(chatAddressSchema) },
  responses: {
    200: json(z.object({ archive: archiveSchema.nullable().describe("null = nothing to pack") })),
  },
});

/** Overwrites nothing: what is there and different stays. */
export const restoreArchive = defineEndpoint({
  method: "post",
  path: "/api/v1/archives/{archiveId}/restore",
  tags: ["archives"],
  summary: "Bring back what was packed away",
  request: { params: z.object({ archiveId: archiveIdSchema }) },
  responses: { 200: json(archiveSchema) },
});

/** Its chat goes on without it. The file stays where it is, and `restore` still brings it back while it is whole. */
export const forgetArchive = defineEndpoint({
  method: "post",
  path: "/api/v1/archives/{archiveId}/forget",
  tags: ["archives"],
  summary: "Give up what was packed away",
  request: { params: z.object({ archiveId: archiveIdSchema }) },
  responses: { 200: json(archiveSchema) },
});
