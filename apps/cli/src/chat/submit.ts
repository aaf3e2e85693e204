import { ApiError, ApiUnreachable, type Client } from "@steward/client/client";
import type { ChatAddress } from "@steward/contract/ids";
import { submitTurn } from "@steward/contract/turns";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import { backoff, type RetryOptions, retry } from "@steward/platform/retry";
import { isRefusedConnection } from "../service/explain.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface SubmitDeps {
  readonly client: Client;
  readonly clock: Pick<Clock, "sleep" | "monotonicMs">;
  readonly ids: Pick<Ids, "uuid7">;
  /** Who asks, for the history. */
  readonly userName: string | undefined;
  /** In whose language Steward speaks about the turn. */
  readonly terminal: Pick<Terminal, "language">;
}

/** How often and how long handing something in is tried; it is taken once, because the key stays the same. */
export const HAND_IN: Omit<RetryOptions, "clock"> = {
  attempts: 6,
  backoff: backoff({ baseMs: 250, maxMs: 2_000 }),
  judge: (error, attempt) =>
    error instanceof ApiUnreachable
      ? attempt > 1 || !isRefusedConnection(error)
      : error instanceof ApiError && error.status === 503,
};

/**
 * Hands a prompt in. A broken connection or a service that is just starting or stopping is asked again under the same
 * key, so the prompt is taken once whatever happened; a refused connection at the first attempt means that nothing
 * runs, and is told at once.
 *
 * @returns the id of the turn.
 * @throws ApiError, ApiUnreachable
 */
export async function submitPrompt(
  deps: SubmitDeps,
  chat: ChatAddress,
  text: string,
  fileIds: string[] = [],
): Promise<string> {
  const key = deps.ids.uuid7();
  const accepted = await retry(
    () =>
      deps.client.call(submitTurn, {
        headers: { "idempotency-key": key },
        body: {
          ...chat,
          text,
          fileIds,
          source: "cli",
          userName: deps.userName,
          language: deps.terminal.language,
        },
      }),
    { ...HAND_IN, clock: deps.clock },
  );
  return accepted.turnId;
}
