import { ApiError, ApiUnreachable } from "@steward/client/api-error";
import { translate, translateError } from "@steward/contract/messages";
import type { Logger } from "@steward/platform/logger";
import { isChatUnreachable } from "@steward/telegram/api";
import type { PendingUpdate } from "../intake/intake.ts";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import type { Router, TaskOutcome } from "./router.ts";

export interface DispatcherDeps {
  botId: string;
  router: Router;
  steward: Pick<Steward, "settleInbox">;
  messenger: Pick<Messenger, "say">;
  log: Logger;
  signal: AbortSignal;
}

/** Rows whose handling is over, remembered so that a replay does not repeat it. */
const REMEMBERED = 2_000;

/**
 * Has every row that is not a prompt handled once, and tells the API how it went. Rows come from the intake, and again
 * from the API after a reconnection or a restart, until they are settled.
 */
export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #seen = new Set<number>();
  readonly #inFlight = new Set<Promise<void>>();

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
  }

  dispatch(row: PendingUpdate): void {
    const { signal, log } = this.#deps;
    if (this.#seen.has(row.inboxId) || signal.aborted) return;
    this.#remember(row.inboxId);
    const work = this.#handle(row)
      .then((outcome) => this.#settle(row, outcome))
      .catch((error: unknown) => {
        if (!signal.aborted) log.error({ err: error, inboxId: row.inboxId }, "a row could not be settled");
      })
      .finally(() => this.#inFlight.delete(work));
    this.#inFlight.add(work);
  }

  async idle(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  /** Null when we are being stopped: the row stays open and comes again. */
  async #handle(row: PendingUpdate): Promise<TaskOutcome | null> {
    try {
      const task = await this.#deps.router.route(row);
      return task === null ? { state: "ignored", detail: "nothing to do" } : await task();
    } catch (error) {
      return this.#deps.signal.aborted ? null : await this.#tellFailure(row, error);
    }
  }

  async #settle({ inboxId, update }: PendingUpdate, outcome: TaskOutcome | null): Promise<void> {
    if (outcome === null) return;
    const { steward, log } = this.#deps;
    log.debug({ inboxId, updateId: update.updateId, kind: update.kind, ...outcome }, "row handled");
    await steward.settleInbox(inboxId, outcome.state, outcome.detail);
  }

  /** Nobody who is let in gets silence for an answer. */
  async #tellFailure({ update }: PendingUpdate, error: unknown): Promise<TaskOutcome> {
    const { botId, messenger, log } = this.#deps;
    const { chat, sender, kind, updateId } = update;
    const detail = error instanceof Error ? error.message : String(error);
    if (isChatUnreachable(error)) return { state: "dead", detail };
    log.warn({ err: error, updateId, kind }, "handling an update failed");
    if (chat === null || sender === null) return { state: "dead", detail };
    const { language } = sender;
    const text =
      error instanceof ApiUnreachable
        ? translate(language, "bot.backend_away")
        : error instanceof ApiError
          ? translateError(language, error.code, error.params)
          : translateError(language, "internal_error");
    const address = { botId, chatId: chat.id, threadId: chat.threadId };
    const said = await messenger.say(address, plainText(text)).then(
      () => true,
      (failure: unknown) => {
        log.warn({ err: failure, updateId }, "nor could the person be told");
        return false;
      },
    );
    return { state: said ? "handled" : "dead", detail };
  }

  #remember(inboxId: number): void {
    this.#seen.add(inboxId);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= REMEMBERED) return;
      this.#seen.delete(oldest);
    }
  }
}
