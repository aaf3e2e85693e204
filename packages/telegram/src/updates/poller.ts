import type { Update } from "@grammyjs/types";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { backoff } from "@steward/platform/retry";
import { type BotApi, BotApiError, BotNetworkError } from "../api/bot-api.ts";
import { ALLOWED_UPDATES } from "./classify-update.ts";

/**
 * - `conflict`: another program polls with this token, or a webhook is set (409); tried again for ever
 * - `unauthorized`: the token is no bot's (401, 404); the poller has ended
 * - `unreachable`: Telegram does not answer, or answers with something else; tried again for ever
 * - `backend_down`: updates came but could not be handed on; they wait at Telegram
 */
export type PollerStateName =
  | "starting"
  | "polling"
  | "conflict"
  | "unauthorized"
  | "unreachable"
  | "backend_down"
  | "stopped";

export interface PollerState {
  name: PollerStateName;
  /** When it came to be so, UTC ms. */
  sinceMs: number;
  /** For a person: what went wrong. */
  detail?: string;
}

export interface PollerDeps {
  api: BotApi;
  /** Where to go on: the next update id wanted, or undefined for whatever waits. May fail; asked again then. */
  getOffset(): Promise<number | undefined>;
  /**
   * Takes a batch and answers with the next update id wanted: what is below it has been stored durably. Throwing means
   * that nothing was; the same updates come again. `signal` aborts when the poller stops.
   */
  onBatch(updates: Update[], signal: AbortSignal): Promise<number>;
  clock: Clock;
  log: Logger;
  /** Called on every change of the state, never after `stop` has returned. */
  onState?(state: PollerState): void;
  /** For the jitter; uniform in [0, 1). */
  random?: () => number;
}

export interface Poller {
  start(): void;
  /** Ends the poll at once. Does not wait for a batch that is being handed on: unstored updates come again. */
  stop(): Promise<void>;
  state(): PollerState;
  /** When Telegram last answered a poll properly, UTC ms; null before. */
  lastPollAtMs(): number | null;
}

/** Telegram's maximum. */
const POLL_S = 50;
/** A connection that died silently would otherwise keep the bot deaf for as long as the system keeps the socket. */
const POLL_TIMEOUT_MS = 65_000;
/** No answer for this long although the loop has nothing to complain about: something hangs. */
const WATCHDOG_MS = 150_000;
/**
 * After a week without updates Telegram numbers the next ones at random; an offset above them would hide them. What was
 * below it has been confirmed long since, so it can go.
 */
const OFFSET_KEPT_MS = 6 * 24 * 3600 * 1000;
/** A poll that comes back empty at once (a proxy, a server that knows no long poll) must not become a busy loop. */
const SHORTEST_EMPTY_POLL_MS = 500;

/**
 * The bot's own `getUpdates` loop. The offset moves only to what `onBatch` answered, so an update is confirmed to
 * Telegram after it has been stored and not before: nothing is lost, and what comes twice carries its id.
 */
export function createPoller(deps: PollerDeps): Poller {
  return new UpdatePoller(deps);
}

class UpdatePoller implements Poller {
  readonly #deps: PollerDeps;
  readonly #stop = new AbortController();
  readonly #delayMs: (attempt: number) => number;
  #state: PollerState;
  #watchdog: Timer | null = null;
  #offset: number | undefined;
  #failures = 0;
  #lastPollAtMs: number | null = null;
  /** Monotonic. */
  #lastSignOfLifeMs: number;
  #lastUpdateMs: number;
  #running = false;
  #handingOn = false;

  constructor(deps: PollerDeps) {
    this.#deps = deps;
    const { random } = deps;
    this.#delayMs = backoff({ baseMs: 500, maxMs: 30_000, ...(random === undefined ? {} : { random }) });
    this.#state = { name: "starting", sinceMs: deps.clock.now() };
    this.#lastSignOfLifeMs = deps.clock.monotonicMs();
    this.#lastUpdateMs = this.#lastSignOfLifeMs;
  }

  start(): void {
    if (this.#running || this.#stop.signal.aborted) return;
    this.#running = true;
    this.#tell();
    this.#armWatchdog();
    this.#run().catch((error: unknown) => {
      // Every expected failure is handled inside; a defect must not leave the bot silently deaf.
      this.#deps.log.error({ err: error }, "the poller failed");
      this.#setState("unreachable", "the poller failed; see the log");
    });
  }

  async stop(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#setState("stopped");
    this.#stop.abort();
    this.#watchdog?.cancel();
  }

  state(): PollerState {
    return this.#state;
  }

  lastPollAtMs(): number | null {
    return this.#lastPollAtMs;
  }

  async #run(): Promise<void> {
    await this.#loadOffset();
    while (!this.#stop.signal.aborted) {
      const updates = await this.#poll();
      if (updates === "fatal") return;
      if (updates === null || updates.length === 0 || this.#stop.signal.aborted) continue;
      await this.#handOn(updates);
    }
  }

  async #loadOffset(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        this.#offset = await this.#deps.getOffset();
        this.#failures = 0;
        return;
      } catch (error) {
        await this.#failed("backend_down", error);
      }
    }
  }

  /** One poll. Null when it failed and was waited for. */
  async #poll(): Promise<Update[] | null | "fatal"> {
    const { api, clock } = this.#deps;
    const startedMs = clock.monotonicMs();
    if (startedMs - this.#lastUpdateMs > OFFSET_KEPT_MS) this.#offset = undefined;
    // At the start and after trouble a poll that does not wait: that all is well again would else be known, and told,
    // only when a held one ends.
    const isProbe = this.#state.name !== "polling";
    try {
      const updates = await api.call(
        "getUpdates",
        {
          ...(this.#offset === undefined ? {} : { offset: this.#offset }),
          timeout: isProbe ? 0 : POLL_S,
          limit: 100,
          allowed_updates: ALLOWED_UPDATES,
        },
        { signal: this.#stop.signal, timeoutMs: POLL_TIMEOUT_MS },
      );
      if (!Array.isArray(updates)) throw new Error("getUpdates answered with something else than a list");
      this.#lastPollAtMs = clock.now();
      this.#lastSignOfLifeMs = clock.monotonicMs();
      if (updates.length > 0) this.#lastUpdateMs = this.#lastSignOfLifeMs;
      // With updates at hand the storing decides whether all is well.
      else this.#succeeded();
      const tookMs = clock.monotonicMs() - startedMs;
      if (updates.length === 0 && tookMs < SHORTEST_EMPTY_POLL_MS && !isProbe)
        await this.#sleep(SHORTEST_EMPTY_POLL_MS - tookMs);
      return updates;
    } catch (error) {
      if (this.#stop.signal.aborted) return null;
      if (!(error instanceof BotApiError)) await this.#failed("unreachable", error);
      else if (error.code === 401 || error.code === 404) {
        this.#watchdog?.cancel();
        this.#setState("unauthorized", error.description);
        return "fatal";
      } else if (error.code === 409) await this.#failed("conflict", error);
      else await this.#failed("unreachable", error, error.retryAfterMs);
      return null;
    }
  }

  async #handOn(updates: Update[]): Promise<void> {
    this.#handingOn = true;
    try {
      const next = await this.#deps.onBatch(updates, this.#stop.signal).finally(() => {
        this.#handingOn = false;
      });
      if (this.#stop.signal.aborted) return;
      // An answer that moves nothing would bring the same updates again at once, for ever.
      const first = updates[0]?.update_id;
      if (!Number.isSafeInteger(next) || (first !== undefined && next <= first)) {
        throw new Error(`the batch from ${first} on was not stored (next: ${next})`);
      }
      this.#offset = next;
      this.#succeeded();
    } catch (error) {
      if (!this.#stop.signal.aborted) await this.#failed("backend_down", error);
    }
  }

  #succeeded(): void {
    this.#failures = 0;
    this.#lastSignOfLifeMs = this.#deps.clock.monotonicMs();
    this.#setState("polling");
  }

  async #failed(name: PollerStateName, error: unknown, waitMs?: number): Promise<void> {
    this.#failures += 1;
    this.#lastSignOfLifeMs = this.#deps.clock.monotonicMs();
    const delayMs = waitMs ?? this.#delayMs(this.#failures);
    const fields = { err: error, state: name, failures: this.#failures, delayMs };
    if (this.#state.name === name) this.#deps.log.debug(fields, "polling failed again");
    else this.#deps.log.warn(fields, "polling failed");
    this.#setState(name, describe(error));
    await this.#sleep(delayMs);
  }

  async #sleep(ms: number): Promise<void> {
    await this.#deps.clock.sleep(ms, this.#stop.signal).catch(() => {
      // Stopped: the loop's condition ends it.
    });
  }

  #setState(name: PollerStateName, detail?: string): void {
    if (this.#stop.signal.aborted || this.#state.name === name) return;
    this.#state = { name, sinceMs: this.#deps.clock.now(), ...(detail === undefined ? {} : { detail }) };
    this.#tell();
  }

  /** A listener that throws must not end the loop. */
  #tell(): void {
    try {
      this.#deps.onState?.(this.#state);
    } catch (error) {
      this.#deps.log.error({ err: error }, "a listener of the poller's state failed");
    }
  }

  /** Looks from outside at whether the loop still turns: whatever hangs in it shows as a failure. */
  #armWatchdog(): void {
    const { clock } = this.#deps;
    this.#watchdog = clock.setTimer(
      WATCHDOG_MS / 3,
      () => {
        const silentMs = clock.monotonicMs() - this.#lastSignOfLifeMs;
        const looksWell = this.#state.name === "polling" || this.#state.name === "starting";
        if (silentMs > WATCHDOG_MS && looksWell) {
          const name = this.#handingOn ? "backend_down" : "unreachable";
          this.#setState(name, `nothing has moved for ${Math.round(silentMs / 1000)} s`);
        }
        this.#armWatchdog();
      },
      { unref: true },
    );
  }
}

/** Errors of the caller carry no secret; of others only the message is shown. */
function describe(error: unknown): string {
  if (error instanceof BotApiError) return error.description;
  if (error instanceof BotNetworkError) return `${error.reason}: ${error.message}`.slice(0, 300);
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}
