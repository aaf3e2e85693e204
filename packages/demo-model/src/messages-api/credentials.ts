import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type ApiFailure, MISSING_API_KEY, WRONG_API_KEY } from "./api-error.ts";

/** `x-api-key`, or `Authorization: Bearer` as clients with a login send it. Null: the right key was shown. */
export function checkCredentials(headers: IncomingHttpHeaders, apiKey: string): ApiFailure | null {
  const key = headers["x-api-key"];
  if (typeof key === "string") return isSame(key, apiKey) ? null : WRONG_API_KEY;
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
  if (bearer === undefined) return MISSING_API_KEY;
  return isSame(bearer, apiKey) ? null : { ...WRONG_API_KEY, message: "Invalid bearer token" };
}

/** Digests have one length, so the comparison takes one time, whatever was sent. */
function isSame(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
