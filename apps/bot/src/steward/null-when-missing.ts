import { ApiError } from "@steward/client/api-error";
import type { ErrorCode } from "@steward/contract/errors";

const MISSING: ReadonlySet<string> = new Set<ErrorCode>(["not_found", "conversation_not_found"]);

/** The answer of a call; null when the API has no such thing. */
export const nullWhenMissing = async <Value>(call: Promise<Value>): Promise<Value | null> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && MISSING.has(error.code)) return null;
    throw error;
  }
};
