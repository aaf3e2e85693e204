import { sanitizeFileName } from "@steward/platform/file-name";

const EXTENSION = /(?:\.tar)?\.[^.\s]{1,16}$/i;

/**
 * The name a file gets on disk (wire contract R18): `YYYYMMDD-HHMMSS_original`, in UTC. Made here and not by the sender:
 * the time in front takes the meaning from leading dots and dashes and from device names.
 *
 * @param distinction goes before the extension when the plain name is taken
 */
export const storedFileName = (original: string, atMs: number, distinction = ""): string => {
  const [date = "", time = ""] = new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "").split("T");
  const cleaned = sanitizeFileName(original).replace(/^[-.\s]+/, "") || "file";
  const extension = EXTENSION.exec(cleaned)?.[0] ?? "";
  const stem = cleaned.slice(0, cleaned.length - extension.length);
  return `${date}-${time}_${stem}${distinction === "" ? "" : `-${distinction}`}${extension}`;
};

/** What people are shown of a sender's name: one line without control and direction characters, never empty. */
export const shownFileName = (original: string): string => sanitizeFileName(original);

/** When a file got its stored name (UTC ms, whole seconds); null for a name that is not one. */
export const storedAt = (name: string): number | null => {
  const match = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)_/.exec(name);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? null : at;
};
