/** Why no answer came. `refused` and `dns` prove that nothing was sent. */
export type NetworkFailure = "refused" | "dns" | "timeout" | "aborted" | "connection" | "bad_answer";

/**
 * The Bot API itself said no, in its own form (`ok: false`): only such a no is about the call. What a proxy, a firewall or
 * a web server in front of it answers is a {@link BotNetworkError}. Nothing in here holds the token.
 */
export class BotApiError extends Error {
  override readonly name = "BotApiError";
  readonly method: string;
  /** The API's `error_code`. */
  readonly code: number;
  /** As the API worded it, e.g. `Bad Request: chat not found`. */
  readonly description: string;
  /** How long the flood control wants us to wait (429). */
  readonly retryAfterMs: number | undefined;
  /** The group became a supergroup with this id; the chat must be rekeyed. */
  readonly migrateToChatId: string | undefined;
  /** After a 5xx nobody knows how far the request had come. */
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

/** No answer of the Bot API was seen: the network failed, or something in between answered. Nothing in here holds the token. */
export class BotNetworkError extends Error {
  override readonly name = "BotNetworkError";
  readonly method: string;
  readonly reason: NetworkFailure;
  /** Of `bad_answer`: the HTTP status that came in place of an answer. */
  readonly status: number | undefined;
  /**
   * False only when the request provably did nothing: refused, name not resolved, aborted before the start, or turned
   * away by something in front of the Bot API.
   */
  readonly maybeSent: boolean;

  constructor(facts: {
    method: string;
    reason: NetworkFailure;
    status?: number | undefined;
    maybeSent: boolean;
    cause: Error;
  }) {
    super(`${facts.method}: ${facts.cause.message}`, { cause: facts.cause });
    this.status = facts.status;
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

/**
 * Blocked, kicked, deleted, unknown, or closed to the bot's words: no message will reach this chat or topic until a
 * person acts, and neither will one that says so.
 */
export function isChatUnreachable(error: unknown): boolean {
  if (!(error instanceof BotApiError)) return false;
  return error.code === 403 || (error.code === 400 && CLOSED_TO_US.test(error.description));
}

const CLOSED_TO_US =
  /chat not found|TOPIC_CLOSED|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED|not enough rights to send text messages|have no rights to send a message/i;

/** The supergroup that a group has become: what was meant for the group goes there. */
export function migratedTo(error: unknown): string | undefined {
  return error instanceof BotApiError ? error.migrateToChatId : undefined;
}
