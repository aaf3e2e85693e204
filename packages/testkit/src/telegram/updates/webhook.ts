import type { Clock, Timer } from "@steward/platform/clock";
import type { PendingUpdate, UpdateQueue } from "./update-queue.ts";

export interface WebhookSettings {
  url: string;
  secretToken: string | undefined;
  maxConnections: number;
  ipAddress: string | undefined;
}

/** How long the receiver may take, and how long to wait after a failure (doubling up to the maximum). */
const REQUEST_TIMEOUT_MS = 60_000;
const RETRY_BASE_MS = 1000;
const RETRY_MAX_MS = 60_000;

/** Pushes one bot's updates to its webhook, in order, each until it is answered 2xx. */
export class Webhook {
  readonly #clock: Clock;
  readonly #queue: UpdateQueue;
  readonly #onDelivery: () => void;
  #settings: WebhookSettings | undefined;
  #running: AbortController | undefined;
  #retry: Timer | undefined;
  #failures = 0;
  lastError: { atMs: number; message: string } | undefined;

  /** @param onDelivery called after every attempt, successful or not. */
  constructor(clock: Clock, queue: UpdateQueue, onDelivery: () => void) {
    this.#clock = clock;
    this.#queue = queue;
    this.#onDelivery = onDelivery;
  }

  get settings(): WebhookSettings | undefined {
    return this.#settings;
  }

  set(settings: WebhookSettings | undefined): void {
    this.stop();
    this.#settings = settings;
    this.#failures = 0;
    this.lastError = undefined;
    this.wake();
  }

  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#retry?.cancel();
    this.#retry = undefined;
  }

  /** Delivers what waits, unless a delivery runs already. */
  wake(): void {
    if (this.#settings === undefined || this.#running !== undefined || this.#retry !== undefined) return;
    const running = new AbortController();
    this.#running = running;
    void this.#deliverAll(this.#settings, running.signal).finally(() => {
      if (this.#running !== running) return;
      this.#running = undefined;
      if (this.#queue.pending().length > 0) this.wake(); // pushed while the last answer was being read
    });
  }

  async #deliverAll(settings: WebhookSettings, signal: AbortSignal): Promise<void> {
    for (;;) {
      const [update] = this.#queue.pending();
      if (update === undefined || signal.aborted) return;
      const problem = await this.#deliver(settings, update, signal);
      if (signal.aborted) return;
      if (problem !== undefined) {
        this.lastError = { atMs: this.#clock.now(), message: problem };
        this.#scheduleRetry();
        this.#onDelivery();
        return;
      }
      this.#failures = 0;
      this.#queue.confirm(update);
      this.#onDelivery();
    }
  }

  /** @returns what went wrong, or undefined. */
  async #deliver(
    settings: WebhookSettings,
    update: PendingUpdate,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    try {
      const response = await fetch(settings.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(settings.secretToken === undefined
            ? {}
            : { "x-telegram-bot-api-secret-token": settings.secretToken }),
        },
        body: JSON.stringify(update),
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      return response.ok
        ? undefined
        : `Wrong response from the webhook: ${response.status} ${response.statusText}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #scheduleRetry(): void {
    const delayMs = Math.min(RETRY_BASE_MS * 2 ** this.#failures, RETRY_MAX_MS);
    this.#failures += 1;
    const retry = () => {
      this.#retry = undefined;
      this.wake();
    };
    this.#retry = this.#clock.setTimer(delayMs, retry, { unref: true });
  }
}
