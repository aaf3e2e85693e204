import { createHash } from "node:crypto";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";

/** Codes that sign one browser in, once. In memory alone: a restart forgets them, and a new one costs nothing. */
export interface SignInCodes {
  /** `expiresAt` by the wall clock. When there are too many, the oldest is forgotten. */
  make(): { code: string; expiresAt: number };
  /** Runs `use` when the code is good; it is used up when that has gone well. Null: unknown, used or expired. */
  redeem<Result>(code: string, use: () => Result): Result | null;
}

/** 256 bits: what is guessed is never one of them. */
const CODE_BYTES = 32;
const TTL_MS = 10 * 60_000;
/** More than one person opens at a time. */
const MOST_AT_ONCE = 8;

export const createSignInCodes = (deps: { clock: Clock; ids: Pick<Ids, "token"> }): SignInCodes => {
  const { clock, ids } = deps;
  /** Monotonic times of expiry by the codes' digests, oldest first. */
  const codes = new Map<string, number>();

  return {
    make: () => {
      const code = ids.token(CODE_BYTES);
      codes.set(digestOf(code), clock.monotonicMs() + TTL_MS);
      for (const oldest of codes.keys()) {
        if (codes.size <= MOST_AT_ONCE) break;
        codes.delete(oldest);
      }
      return { code, expiresAt: clock.now() + TTL_MS };
    },
    redeem: (code, use) => {
      const digest = digestOf(code);
      const expiresMs = codes.get(digest);
      if (expiresMs === undefined || clock.monotonicMs() >= expiresMs) return null;
      // Nothing comes in between: `use` is synchronous.
      const result = use();
      codes.delete(digest);
      return result;
    },
  };
};

const digestOf = (code: string): string => createHash("sha256").update(code).digest("hex");
