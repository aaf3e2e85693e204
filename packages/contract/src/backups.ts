import { z } from "zod";
import { defineEndpoint, json } from "./endpoint.ts";
import { repeatableHeaders } from "./ids.ts";

export const backupSchema = z.object({
  name: z.string(),
  takenAt: z.int(),
  bytes: z.int(),
});
export type BackupInfo = z.infer<typeof backupSchema>;

/** Takes a backup now, besides the hourly ones. A second request while one is being taken gets that one. */
export const takeBackup = defineEndpoint({
  method: "post",
  path: "/api/v1/backups",
  tags: ["backups"],
  summary: "Take a backup of the database now",
  request: { headers: repeatableHeaders },
  responses: { 201: json(backupSchema) },
});
