import { z } from "zod";
import { defineEndpoint, json } from "./endpoint.ts";

/** Something that was done to the service itself. Never a prompt, never a secret. */
export const auditEntrySchema = z.object({
  id: z.int(),
  at: z.int(),
  actor: z
    .string()
    .describe(
      "`owner` (the token), `web:ID` (a browser), `BOT/PERSON` or `user:PERSON` (a person of a bot), or a part of the service",
    ),
  action: z.string().describe("e.g. `access.approve`, `policy_set`"),
  target: z.string().describe("what it was done to, e.g. `BOT/PERSON`, `chat:7`"),
  detail: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export const auditPageSchema = z.object({
  entries: z.array(auditEntrySchema),
  next: z.int().nullable().describe("`before` of the next page; null = there is no more"),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

/** The latest first. */
export const listAudit = defineEndpoint({
  method: "get",
  path: "/api/v1/audit",
  tags: ["system"],
  summary: "Who changed what in the service",
  request: {
    query: z.object({
      before: z.coerce.number().int().min(1).optional().describe("`next` of an earlier page"),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
  },
  responses: { 200: json(auditPageSchema) },
});
