import { FILE_DIRECTIONS } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import {
  chatAddressSchema,
  deliveryIdSchema,
  idempotencyKeySchema,
  repeatableHeaders,
  turnIdSchema,
} from "./ids.ts";

/** An upload that is larger is refused as soon as it passes this (wire contract R19): 100 MB. */
export const MAX_UPLOAD_BYTES = 100 * 1_048_576;
/** The same where a local Bot API server hands files over: 2,000 MB. */
export const MAX_LOCAL_UPLOAD_BYTES = 2_000 * 1_048_576;
/** What the agent sends back: the Bot API takes no more than this: 50 MB. */
export const MAX_OUTGOING_BYTES = 50 * 1_048_576;
/** With one message. */
export const MAX_FILES_PER_TURN = 20;

export const fileIdSchema = z.uuid().describe("A file");

/** A file as a list of them shows it. */
export const fileSummarySchema = z.object({
  id: fileIdSchema,
  direction: z.enum(FILE_DIRECTIONS).describe("`in`: sent to the agent; `out`: sent by it"),
  name: z.string().describe("As its sender called it: for people, never a path"),
  mediaType: z.string().describe("As its content says, not as its sender does"),
  bytes: z.int(),
  path: z.string().describe("Relative to the chat's workspace"),
});
export type FileSummary = z.infer<typeof fileSummarySchema>;

export const fileSchema = fileSummarySchema.extend({
  ...chatAddressSchema.shape,
  sha256: z.string(),
  turnId: turnIdSchema.nullable().describe("The turn it came with, or came of"),
  createdAt: z.int(),
});
export type FileRecord = z.infer<typeof fileSchema>;

/**
 * Streams one file into the chat's workspace. The body is the file itself: `application/octet-stream`, or its own type;
 * never a form. The same key with the same content is the same file.
 */
export const uploadFile = defineEndpoint({
  method: "post",
  path: "/api/v1/files",
  tags: ["files"],
  summary: "Upload a file to a chat",
  request: {
    headers: z.object({ "idempotency-key": idempotencyKeySchema }),
    query: chatAddressSchema.extend({
      name: z.string().max(1_000).default("").describe("What its sender calls it; any characters"),
    }),
    body: {
      description: "The file's bytes",
      content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
    },
  },
  responses: { 201: json(fileSchema) },
});

/** Newest first; deleted ones are not among them. */
export const listFiles = defineEndpoint({
  method: "get",
  path: "/api/v1/files",
  tags: ["files"],
  summary: "A chat's files, both ways",
  request: {
    query: chatAddressSchema.extend({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  },
  responses: { 200: json(z.array(fileSchema)) },
});

/** Always as an attachment: a browser is never to show what somebody uploaded. */
export const downloadFile = defineEndpoint({
  method: "get",
  path: "/api/v1/files/{fileId}",
  tags: ["files"],
  summary: "A file's bytes",
  request: { params: z.object({ fileId: fileIdSchema }) },
  responses: {
    200: {
      description: "The file's bytes",
      content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
    },
  },
});

export const deleteFile = defineEndpoint({
  method: "delete",
  path: "/api/v1/files/{fileId}",
  tags: ["files"],
  summary: "Take a file out of the workspace",
  request: { headers: repeatableHeaders, params: z.object({ fileId: fileIdSchema }) },
  responses: { 200: json(z.object({ deleted: z.literal(true) })) },
});

/** A person's decision about a file of which nobody knows whether it arrived. Done once, however often it is asked. */
export const resendFile = defineEndpoint({
  method: "post",
  path: "/api/v1/files/{fileId}/resend",
  tags: ["files"],
  summary: "Send a file again that may not have arrived",
  request: { params: z.object({ fileId: fileIdSchema }), body: jsonBody(chatAddressSchema) },
  responses: { 202: json(z.object({ deliveryId: deliveryIdSchema })) },
});
