import type { Delivery } from "@steward/contract/deliveries";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { DeliveryOutcome, Steward } from "../steward/steward.ts";

export interface DelivererDeps {
  /** Shows one delivery; see `performDelivery`. */
  perform(delivery: Delivery, signal: AbortSignal): Promise<DeliveryOutcome>;
  steward: Pick<Steward, "settleDelivery">;
  /** Called once after a delivery was shown and the API knows it. */
  onDelivered?(delivery: Delivery): void;
  clock: Clock;
  log: Logger;
  /** Cuts off what is being shown. */
  signal: AbortSignal;
}

/** One chat's deliveries, oldest first. Ids are UUIDv7, so their order is the order of making. */
interface ChatQueue {
  waiting: Delivery[];
  /** The one being shown; updates to it wait until it is done. */
  current: string | null;
  timer: Timer | null;
}

/**
 * Takes the bot's deliveries to their chats: one after the other within a chat, all chats at the same time. The API's
 * list is the truth; this is a working copy that a reconnection replaces.
 */
export class Deliverer {
  readonly #deps: DelivererDeps;
  readonly #queues = new Map<string, ChatQueue>();
  /** Shown, and the API is being told: must not be shown again when it says "open" once more. */
  readonly #settling = new Set<string>();
  readonly #inFlight = new Set<Promise<void>>();
  #stopping = false;

  constructor(deps: DelivererDeps) {
    this.#deps = deps;
  }

  /** The API's open deliveries, all of them. */
  reset(open: readonly Delivery[]): void {
    const ids = new Set(open.map(({ id }) => id));
    for (const queue of this.#queues.values()) queue.waiting = queue.waiting.filter(({ id }) => ids.has(id));
    for (const delivery of open) this.add(delivery);
  }

  /** A new delivery, or news of a known one. */
  add(delivery: Delivery): void {
    if (this.#settling.has(delivery.id)) return;
    const key = `${delivery.chatId} ${delivery.threadId}`;
    const queue = this.#queues.get(key) ?? { waiting: [], current: null, timer: null };
    this.#queues.set(key, queue);
    if (queue.current === delivery.id) return;
    queue.waiting = queue.waiting.filter(({ id }) => id !== delivery.id);
    if (delivery.state === "pending") {
      const at = queue.waiting.findIndex(({ id }) => id > delivery.id);
      queue.waiting.splice(at === -1 ? queue.waiting.length : at, 0, structuredClone(delivery));
    }
    this.#advance(key, queue);
  }

  /** Begins nothing more; resolves when what is being shown is done. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const queue of this.#queues.values()) queue.timer?.cancel();
    await Promise.all(this.#inFlight);
  }

  #advance(key: string, queue: ChatQueue): void {
    queue.timer?.cancel();
    queue.timer = null;
    if (queue.current !== null || this.#stopping) return;
    const next = queue.waiting[0];
    if (next === undefined) {
      this.#queues.delete(key);
      return;
    }
    const waitMs = next.nextAt - this.#deps.clock.now();
    if (waitMs > 0) {
      queue.timer = this.#deps.clock.setTimer(waitMs, () => this.#advance(key, queue));
      return;
    }
    queue.waiting.shift();
    queue.current = next.id;
    const work = this.#deliver(next, queue)
      .catch((error: unknown) => {
        if (this.#deps.signal.aborted) return;
        this.#deps.log.error({ err: error, deliveryId: next.id }, "a delivery failed in an unforeseen way");
      })
      .finally(() => {
        this.#inFlight.delete(work);
        queue.current = null;
        this.#advance(key, queue);
      });
    this.#inFlight.add(work);
  }

  async #deliver(delivery: Delivery, queue: ChatQueue): Promise<void> {
    const { perform, steward, onDelivered, log, signal } = this.#deps;
    const outcome = await perform(delivery, signal);
    const { id: deliveryId, turnId } = delivery;
    if (outcome.outcome === "retry") {
      log.warn({ deliveryId, turnId, error: outcome.error, retryAt: outcome.retryAt }, "delivery put off");
    } else log.info({ deliveryId, turnId, outcome: outcome.outcome }, "delivery done");
    this.#settling.add(deliveryId);
    const settled = steward
      .settleDelivery(deliveryId, outcome)
      .finally(() => this.#settling.delete(deliveryId));
    if (outcome.outcome === "retry") {
      const put = { ...delivery, nextAt: outcome.retryAt, attempt: delivery.attempt + 1 };
      // The API may have decided otherwise meanwhile (withdrawn, too often).
      if ((await settled) === "pending") queue.waiting.unshift(put);
      return;
    }
    // The next one need not wait for the API: this one is in the chat.
    const told = settled
      .then(() => (outcome.outcome === "delivered" ? onDelivered?.(delivery) : undefined))
      .catch((error: unknown) => {
        if (!signal.aborted)
          log.error({ err: error, deliveryId }, "the API did not take a delivery's outcome");
      })
      .finally(() => this.#inFlight.delete(told));
    this.#inFlight.add(told);
  }
}
