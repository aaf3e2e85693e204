import type { Client } from "@steward/client/client";

/** What the API's verbs of one bot are made with. */
export interface VerbDeps {
  readonly client: Client;
  readonly botId: string;
  /** Ends every wait and call. */
  readonly signal: AbortSignal;
  /** A person waits for it: given up after a few attempts. */
  promptly<Value>(call: () => Promise<Value>): Promise<Value>;
  /** For what must reach the API: repeating is harmless there, losing it is not. */
  untilDone<Value>(call: () => Promise<Value>): Promise<Value>;
  /** The header of one request, the same each time it is sent. */
  newKey(): { "idempotency-key": string };
}

/** A stop or a new conversation resolves when the old process has gone, which takes up to 15 s (DESIGN §5). */
export const SLOW_CALL_TIMEOUT_MS = 30_000;
