import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { ERROR_STATUS, type ErrorCode } from "./errors.ts";
import { chatAddressSchema, idempotencyKeySchema } from "./ids.ts";

export const ATTACHMENT_KINDS = [
  "photo",
  "document",
  "voice",
  "audio",
  "video",
  "video_note",
  "animation",
  "sticker",
] as const;

/** A file that came with a message and still lies with the front end's service: it is fetched after the commit. */
export const incomingAttachmentSchema = z.object({
  key: idempotencyKeySchema.max(128).describe("the same for the same file of a message: its upload's key"),
  kind: z.enum(ATTACHMENT_KINDS),
  remoteId: z.string().min(1).max(512).describe("what the front end fetches it by"),
  name: z.string().max(1_000).describe("as its sender calls it, or made by the front end; any characters"),
  bytes: z.int().min(0).nullable().describe("as it was announced; null: not known"),
  durationMs: z.int().min(0).nullish(),
  ofReply: z.boolean().optional().describe("it came with the message that was replied to"),
});
export type IncomingAttachment = z.infer<typeof incomingAttachmentSchema>;

export const attachmentIdSchema = z
  .uuid()
  .describe("A file that came with a message; its file's id, once it is here");

/** A file that the front end is to fetch, and to upload under its key. */
export const wantedAttachmentSchema = incomingAttachmentSchema.extend({
  attachmentId: attachmentIdSchema,
  ...chatAddressSchema.shape,
});
export type WantedAttachment = z.infer<typeof wantedAttachmentSchema>;

// The catalogue has a sentence for each code; what it does not know is told as an internal error.
const codes = Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]];

/** The front end gives a file up: its turn goes on without it, and the person is told why. */
export const failAttachment = defineEndpoint({
  method: "post",
  path: "/api/v1/attachments/{attachmentId}/failure",
  tags: ["files"],
  summary: "Tell that a wanted file cannot be had",
  request: {
    params: z.object({ attachmentId: attachmentIdSchema }),
    body: jsonBody(
      z.object({
        code: z.enum(codes),
        params: z.record(z.string().max(64), z.union([z.string().max(1_000), z.number()])).default({}),
      }),
    ),
  },
  responses: { 200: json(z.object({ wanted: z.boolean().describe("whether a turn was waiting for it") })) },
});
