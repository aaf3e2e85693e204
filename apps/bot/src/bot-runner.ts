import type { Bot } from "@steward/contract/bots";
import { createIds } from "@steward/platform/ids";
import { backoff, retry } from "@steward/platform/retry";
import { BotApiError } from "@steward/telegram/api";
import { createPoller, type Poller, type PollerState } from "@steward/telegram/poller";
import type { UserFromGetMe } from "telegraf/types";
import { type BotDeps, type BotParts, createBotParts } from "./bot-parts.ts";
import { settledWithin } from "./deadline.ts";
import { type BotLease, createBotLease } from "./steward/bot-lease.ts";
import { createStateReporter, type StateReporter } from "./steward/state-reporter.ts";
import { createSteward, type Steward } from "./steward/steward.ts";

export interface BotRunner {
  start(): void;
  /** Polling ends at once; what is on its way gets a moment to arrive. Resolves within 2 s, whatever hangs. */
  stop(): Promise<void>;
}

const BACKOFF = backoff({ baseMs: 500, maxMs: 30_000 });
/** What calls in flight get when we stop. Nothing is lost if they need longer: the next start goes on from there. */
const FINISH_MS = 1_200;
const GOODBYE_MS = 300;
const RESTART_MS = 10_000;
/** One Telegram bot, from its token to its chats. Nothing that befalls it touches the others. */
export function createBotRunner(deps: BotDeps): BotRunner {
  return new TelegramBotRunner(deps);
}

class TelegramBotRunner implements BotRunner {
  readonly #deps: BotDeps;
  readonly #steward: Steward;
  readonly #reporter: StateReporter;
  /** Ends starting, polling and listening. */
  readonly #stopping = new AbortController();
  /** Ends everything else. */
  readonly #ended = new AbortController();
  readonly #lease: BotLease;
  #parts: BotParts | null = null;
  #poller: Poller | null = null;

  constructor(deps: BotDeps) {
    this.#deps = deps;
    const { client, account, clock, log } = deps;
    const { signal } = this.#ended;
    const ids = createIds();
    this.#steward = createSteward({
      client,
      botId: account.botId,
      clock,
      ids,
      signal,
    });
    this.#reporter = createStateReporter({ steward: this.#steward, log, signal });
    this.#lease = createBotLease({ steward: this.#steward, holder: ids.uuid4(), clock, log });
  }

  start(): void {
    void this.#keepTrying();
  }

  async stop(): Promise<void> {
    const { clock } = this.#deps;
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    await this.#poller?.stop();
    this.#reporter.report("stopped");
    await settledWithin(clock, FINISH_MS, this.#parts?.finish());
    await settledWithin(clock, GOODBYE_MS, Promise.all([this.#reporter.idle(), this.#lease.giveBack()]));
    this.#ended.abort();
    this.#parts?.close();
  }

  /** Never rejects. A bot that cannot be started is tried again: what stands in its way may pass. */
  async #keepTrying(): Promise<void> {
    const { clock, log } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        return await this.#run();
      } catch (error) {
        if (signal.aborted) return;
        this.#parts?.close();
        if (isNobody(error)) return this.#reporter.report("unauthorized", error.description);
        log.error({ err: error }, "the bot could not be started; trying again");
        this.#reporter.report("unreachable", "the bot could not be started; see the log");
        await clock.sleep(RESTART_MS, signal).catch(() => {
          // Stopped: the loop's condition ends it.
        });
      }
    }
  }

  /** Another front end has the bot: everything of this run ends, and begins again when the bot is free. */
  async #startOver(run: AbortController): Promise<void> {
    run.abort();
    await this.#poller?.stop();
    this.#parts?.close();
    await this.#keepTrying();
  }

  async #run(): Promise<void> {
    const { api, clock, log } = this.#deps;
    const startedAt = clock.now();
    const run = new AbortController();
    const signal = AbortSignal.any([this.#stopping.signal, run.signal]);
    await this.#lease.take(() => void this.#startOver(run), signal);
    this.#reporter.report("starting");
    const me = await this.#introduce();
    if (me === null) return;
    log.info({ username: me.username }, "Telegram knows the bot");
    await this.#steward.register(me.username, me.can_read_all_group_messages);
    // Without the access list everybody would be a stranger, and what they wrote would be thrown away.
    const parts = await new Promise<BotParts>((resolve, reject) => {
      const created = createBotParts({
        ...this.#deps,
        me,
        steward: this.#steward,
        holder: this.#lease.holder,
        startedAt,
        onPresent: () => resolve(created),
        signal: AbortSignal.any([this.#ended.signal, run.signal]),
      });
      this.#parts = created;
      signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
      void created.link.follow(signal);
    });
    await this.#insist(() => api.call("deleteWebhook", { drop_pending_updates: false }, { signal }));
    signal.throwIfAborted();
    this.#poller = createPoller({
      api,
      getOffset: async () => {
        const { ackedThrough } = await this.#steward.register(me.username, me.can_read_all_group_messages);
        return ackedThrough === null ? undefined : ackedThrough + 1;
      },
      onBatch: (updates, batchSignal) => parts.intake.accept(updates, batchSignal),
      clock,
      log,
      onState: (state) => this.#reportPoller(state),
    });
    this.#poller.start();
  }

  /** Who we are; null when Telegram says that this token is nobody's. */
  async #introduce(): Promise<UserFromGetMe | null> {
    const { api, log } = this.#deps;
    const { signal } = this.#stopping;
    try {
      // The same object in the types of two libraries.
      return (await this.#insist(() => api.call("getMe", {}, { signal }))) as UserFromGetMe;
    } catch (error) {
      if (!isNobody(error)) throw error;
      log.error(
        { err: error },
        "Telegram does not know this token: get the right one from @BotFather, set it and restart",
      );
      this.#reporter.report("unauthorized", error.description);
      return null;
    }
  }

  /** Until Telegram answers; a token that is nobody's is the end. */
  #insist<Value>(fn: () => Promise<Value>): Promise<Value> {
    const { clock, log } = this.#deps;
    const { signal } = this.#stopping;
    return retry(fn, {
      attempts: Number.POSITIVE_INFINITY,
      backoff: BACKOFF,
      clock,
      signal,
      judge: (error) => (isNobody(error) ? false : (retryAfterMs(error) ?? true)),
      onRetry: (error, attempt, delayMs) => {
        if (attempt === 1) log.warn({ err: error, delayMs }, "Telegram cannot be reached; trying again");
        this.#reporter.report("unreachable", error instanceof Error ? error.message : String(error));
      },
    });
  }

  #reportPoller({ name, detail = "" }: PollerState): void {
    const { log } = this.#deps;
    if (name === "conflict") {
      log.error({ detail }, "another program uses this bot's token: stop it, or give it a token of its own");
    }
    if (name === "unauthorized") log.error({ detail }, "Telegram has revoked this bot's token");
    // Of its own absence the API need not be told.
    if (name !== "backend_down") this.#reporter.report(name satisfies Bot["state"], detail);
  }
}

const isNobody = (error: unknown): error is BotApiError =>
  error instanceof BotApiError && (error.code === 401 || error.code === 404);

const retryAfterMs = (error: unknown): number | undefined =>
  error instanceof BotApiError ? error.retryAfterMs : undefined;
