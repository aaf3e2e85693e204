import type { Clock } from "@steward/platform/clock";
import { type BotApi, BotApiError, type CallOptions } from "../src/api/bot-api.ts";

export interface SeenCall {
  method: string;
  args: Readonly<Record<string, unknown>>;
  options: CallOptions;
  /** When it arrived, milliseconds after the script was made. */
  atMs: number;
}

type Reply = (call: SeenCall, index: number) => unknown;

/**
 * A Bot API whose answers are scripted: `reply` returns a result (or a promise of one) or throws. Without one every
 * call succeeds; a sent message gets the next id from 100 on.
 */
export function createScriptedApi(clock: Clock, reply?: Reply): BotApi & { seen: SeenCall[] } {
  const startMs = clock.monotonicMs();
  const seen: SeenCall[] = [];
  let nextMessageId = 100;
  const succeed: Reply = ({ method }) => (method.startsWith("send") ? { message_id: nextMessageId++ } : true);
  return {
    seen,
    async call(method, args, options = {}) {
      const call = { method, args: args as SeenCall["args"], options, atMs: clock.monotonicMs() - startMs };
      seen.push(call);
      const answer = await reply?.(call, seen.length - 1);
      // The script stands for the server: its answers are what the test says they are.
      return (answer ?? succeed(call, 0)) as never;
    },
  };
}

export const flood = (method: string, retryAfterS: number): BotApiError =>
  new BotApiError({
    method,
    code: 429,
    description: `Too Many Requests: retry after ${retryAfterS}`,
    retryAfterMs: retryAfterS * 1000,
  });

export const refusal = (method: string, code: number, description: string): BotApiError =>
  new BotApiError({ method, code, description });
