/** Why no answer came. `refused` and `dns` prove that nothing was sent. */
export type NetworkFailure = "refused" | "dns" | "timeout" | "aborted" | "connection" | "bad_answer";

/** The Bot API said no. Nothing in here holds the token. */
export class BotApiError extends Error {
  override readonly name = "BotApiError";
  readonly method: string;
  /** The API's `error_code`; the HTTP status when something in between answered. */
  readonly code: number;
  /** As the API worded it, e.g. `Bad Request: chat not found`. */
  readonly description: string;
  /** How long the flood control wants us to wait (429). */
  readonly retryAfterMs: number | undefined;
  /** The group became a supergroup with this id; the chat must be rekeyed. */
  readonly migrateToChatId: string | undefined;
  /** A 5xx comes from something in front of the server that may have passed the request on before failing. */
  readonly maybeSent: boolean;

  constructor(facts: {
    method: string;
    code: number;
    description: string;
    retryAfterMs?: number | undefined;
    migrateToChatId?: string | undefined;
  }) {
    super(`${facts.method}: ${facts.code} ${facts.description}`);
    this.method = facts.method;
    this.code = facts.code;
    this.description = facts.description;
    this.retryAfterMs = facts.retryAfterMs;
    this.migrateToChatId = facts.migrateToChatId;
    this.maybeSent = facts.code >= 500;
  }
}

/** The network failed: no answer of the Bot API was seen. Nothing in here holds the token. */
export class BotNetworkError extends Error {
  override readonly name = "BotNetworkError";
  readonly method: string;
  readonly reason: NetworkFailure;
  /** False only when the request provably never left: refused, name not resolved, or aborted before the start. */
  readonly maybeSent: boolean;

  constructor(facts: { method: string; reason: NetworkFailure; maybeSent: boolean; cause: Error }) {
    super(`${facts.method}: ${facts.cause.message}`, { cause: facts.cause });
    this.method = facts.method;
    this.reason = facts.reason;
    this.maybeSent = facts.maybeSent;
  }
}

/** Edits repeat safely; a failed *send* may be repeated only when this is false. */
export function maybeSent(error: unknown): boolean {
  return error instanceof BotApiError || error instanceof BotNetworkError ? error.maybeSent : true;
}

/** `editMessage…` with what is already there. The goal is reached, so callers treat it as success. */
export function isNotModified(error: unknown): boolean {
  return (
    error instanceof BotApiError && error.code === 400 && /message is not modified/i.test(error.description)
  );
}

/** The message to edit was deleted, or is one that cannot be edited: editing it again will never work. */
export function isMessageGone(error: unknown): boolean {
  return (
    error instanceof BotApiError &&
    error.code === 400 &&
    /message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i.test(error.description)
  );
}

/** Blocked, kicked, deleted, unknown: no message will ever reach this chat until a person acts. */
export function isChatUnreachable(error: unknown): boolean {
  if (!(error instanceof BotApiError)) return false;
  return error.code === 403 || (error.code === 400 && /chat not found/i.test(error.description));
}
