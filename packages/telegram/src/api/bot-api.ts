import type { ApiMethods, Opts } from "@grammyjs/types";
import type { Clock } from "@steward/platform/clock";
import { createRedactor, type Redactor } from "@steward/platform/logger";
import { BotApiError, BotNetworkError, type NetworkFailure } from "./errors.ts";
import type { InputFile } from "./input-file.ts";
import { readNetworkFailure, withoutSecrets } from "./network-failure.ts";
import { encodeArguments } from "./request-body.ts";

export {
  BotApiError,
  BotNetworkError,
  isChatUnreachable,
  isMessageGone,
  isNotModified,
  maybeSent,
  migratedTo,
  type NetworkFailure,
} from "./errors.ts";
export { InputFile } from "./input-file.ts";

export type BotMethod = keyof ApiMethods<InputFile>;
export type BotArguments<M extends BotMethod> = Opts<InputFile>[M];
export type BotResult<M extends BotMethod> = ReturnType<ApiMethods<InputFile>[M]>;

export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Whole exchange, connecting to last byte. Default 30 s; give uploads more. */
  timeoutMs?: number | undefined;
}

export interface BotApi {
  /**
   * One call, once: no retry, no rate limit (those are the lanes').
   *
   * @throws BotApiError the API said no · BotNetworkError no answer came
   */
  call<M extends BotMethod>(method: M, args: BotArguments<M>, options?: CallOptions): Promise<BotResult<M>>;
}

export interface BotApiDeps {
  token: string;
  /** `https://api.telegram.org`, a local Bot API server, or an emulator. */
  apiRoot: string;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  clock: Pick<Clock, "setTimer">;
  /** Applied to every text that comes from outside before it enters an error, on top of the token's own redaction. */
  redactor?: Pick<Redactor, "redact">;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** The numeric id of a bot, which its token starts with; null when the token is not one. */
export function botIdOfToken(token: string): string | null {
  return /^(\d{1,20}):[\w-]+$/.exec(token)?.[1] ?? null;
}

/**
 * The typed caller. The token stays in this closure: it is in no error, no log line and no property of the result.
 *
 * @throws TypeError (without the values) when the token or the root cannot make an address
 */
export function createBotApi(deps: BotApiDeps): BotApi {
  if (!/^[\w:-]+$/.test(deps.token)) throw new TypeError("the bot token holds characters that no token has");
  if (!/^https?:\/\/./.test(deps.apiRoot)) throw new TypeError("the API root is not an http(s) address");
  const base = `${deps.apiRoot.replace(/\/+$/, "")}/bot${deps.token}`;
  const secret = deps.token.slice(deps.token.indexOf(":") + 1);
  const ownRedactor = createRedactor([deps.token, secret]);
  const redact = (text: string): string => {
    const own = ownRedactor.redact(text);
    return deps.redactor === undefined ? own : deps.redactor.redact(own);
  };

  const fail = (method: string, error: unknown, ended: NetworkFailure | null): BotNetworkError => {
    const { reason, maybeSent } = readNetworkFailure(error);
    return new BotNetworkError({
      method,
      reason: ended ?? reason,
      maybeSent: ended === null ? maybeSent : true,
      cause: ended === null ? withoutSecrets(error, redact) : new Error(ended),
    });
  };

  return {
    async call<M extends BotMethod>(method: M, args: BotArguments<M>, options: CallOptions = {}) {
      const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
      if (signal?.aborted === true) {
        const cause = new Error("aborted before it started");
        throw new BotNetworkError({ method, reason: "aborted", maybeSent: false, cause });
      }
      const controller = new AbortController();
      let ended: NetworkFailure | null = null;
      const end = (why: NetworkFailure): void => {
        ended ??= why;
        controller.abort();
      };
      const onAbort = (): void => end("aborted");
      const timer = deps.clock.setTimer(timeoutMs, () => end("timeout"));
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        const exchange = async (): Promise<{ status: number; body: string }> => {
          const response = await deps.fetch(`${base}/${method}`, {
            method: "POST",
            ...encodeArguments(args),
            signal: controller.signal,
            // Following one would carry the token in the path to wherever it points.
            redirect: "manual",
          });
          return { status: response.status, body: await response.text() };
        };
        // Raced, so that even a transport that ignores its signal cannot hold the caller.
        const { status, body } = await Promise.race([exchange(), rejectionOf(controller.signal)]);
        // The API's answer is what the types of the method say; there is nothing better to check it against.
        return readAnswer(method, status, body, redact) as BotResult<M>;
      } catch (error) {
        if (error instanceof BotApiError || error instanceof BotNetworkError) throw error;
        throw fail(method, error, ended);
      } finally {
        timer.cancel();
        signal?.removeEventListener("abort", onAbort);
      }
    },
  };
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
  });
}

/** With these a proxy or web server says that it passed the request on to nobody. */
const TURNED_AWAY: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 411, 413, 414, 429, 431, 451]);

/** Takes `{ ok, result }` apart. What is not such an object came from a proxy: its body is dropped unread. */
function readAnswer(method: string, status: number, body: string, redact: (text: string) => string): unknown {
  const answer = parseRecord(body);
  if (answer?.ok === true && "result" in answer) return answer.result;
  if (answer?.ok === false) {
    const parameters = asRecord(answer.parameters);
    const retryAfterS = parameters?.retry_after;
    const migrateTo = parameters?.migrate_to_chat_id;
    throw new BotApiError({
      method,
      code: typeof answer.error_code === "number" ? answer.error_code : status,
      description: redact(String(answer.description ?? "no description")).slice(0, 500),
      retryAfterMs: typeof retryAfterS === "number" && retryAfterS >= 0 ? retryAfterS * 1000 : undefined,
      migrateToChatId: typeof migrateTo === "number" ? String(migrateTo) : undefined,
    });
  }
  const cause = new Error(`HTTP ${status} without a Bot API answer`);
  const maybeSent = !TURNED_AWAY.has(status);
  throw new BotNetworkError({ method, reason: "bad_answer", status, maybeSent, cause });
}

function parseRecord(text: string): Record<string, unknown> | null {
  try {
    return asRecord(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
