import type { Delivery } from "@steward/contract/deliveries";
import type { ChatAddress } from "@steward/contract/ids";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { Steward } from "../steward/steward.ts";
import type { Performed } from "./judge-delivery-failure.ts";

export interface DelivererDeps {
  /**
   * Shows what goes together, below the message that the chat's last delivery ended with (0 = none known). Answers the
   * outcomes in the same order.
   */
  perform(deliveries: readonly [Delivery, ...Delivery[]], shownUpTo: number): Promise<Performed[]>;
  /** Which of those that come next, from the first on, are shown together with this one. */
  togetherWith(delivery: Delivery, next: readonly Delivery[]): Delivery[];
  steward: Pick<Steward, "settleDelivery" | "moveChat">;
  /** A delivery stands in its chat, down to this message. */
  onShown(delivery: Delivery, shownUpTo: number): void;
  /** And the API knows it. Called once. */
  onDelivered(delivery: Delivery): void;
  clock: Clock;
  log: Logger;
  /** Cuts off what is being shown. */
  signal: AbortSignal;
}

/** An answer that nobody could be shown for so long is worth a word in the log. */
const OVERDUE_MS = 24 * 3_600_000;
/** Chats remembered for what was shown there last. */
const REMEMBERED = 1_000;

/** One chat's deliveries, oldest first. Ids are UUIDv7, so their order is the order of making. */
interface ChatQueue {
  waiting: Delivery[];
  /** What is being shown; updates to it wait until it is done. Empty: nothing. */
  current: readonly Delivery[];
  timer: Timer | null;
}

/**
 * Takes the bot's deliveries to their chats: one after the other within a chat, all chats at the same time. The API's
 * list is the truth; this is a working copy that a reconnection replaces.
 */
export class Deliverer {
  readonly #deps: DelivererDeps;
  readonly #queues = new Map<string, ChatQueue>();
  /** Shown in this revision, and the API is being told: must not be shown again when it says "open" once more. */
  readonly #settling = new Map<string, number>();
  readonly #inFlight = new Set<Promise<void>>();
  /** Per chat, the lowest message of what was shown there last. Message ids grow within a chat. */
  readonly #shownUpTo = new Map<string, number>();
  /** Deliveries of which was said that they are overdue. */
  readonly #overdue = new Set<string>();
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
    if (this.#settling.get(delivery.id) === delivery.revision) return;
    const key = keyOf(delivery);
    const queue = this.#queues.get(key) ?? { waiting: [], current: [], timer: null };
    this.#queues.set(key, queue);
    for (const other of this.#queues.values()) {
      // Its chat has moved.
      if (other !== queue) other.waiting = other.waiting.filter(({ id }) => id !== delivery.id);
    }
    const isShowing = (each: Delivery) => each.id === delivery.id && each.revision >= delivery.revision;
    if (queue.current.some(isShowing)) return;
    queue.waiting = queue.waiting.filter(({ id }) => id !== delivery.id);
    // What an earlier process of ours began to send is taken up as well: to be told as in doubt.
    if (delivery.state === "pending" || delivery.state === "sending") {
      const at = queue.waiting.findIndex(({ id }) => id > delivery.id);
      queue.waiting.splice(at === -1 ? queue.waiting.length : at, 0, structuredClone(delivery));
    }
    this.#advance(key, queue);
  }

  /** Some delivery of this chat has no message yet that it could be edited into. */
  hasUnplaced(address: ChatAddress): boolean {
    const queue = this.#queues.get(keyOf(address));
    if (queue === undefined) return false;
    const open = [...queue.current, ...queue.waiting];
    return open.some(({ placeholderIds }) => (placeholderIds[0] ?? null) === null);
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
    if (queue.current.length > 0 || this.#stopping) return;
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
    const rest = this.#deps.togetherWith(next, queue.waiting.slice(1));
    queue.waiting.splice(0, 1 + rest.length);
    const together = [next, ...rest] as const;
    queue.current = together;
    const work = this.#deliver(together, queue)
      .catch((error: unknown) => {
        if (this.#deps.signal.aborted) return;
        this.#deps.log.error({ err: error, deliveryId: next.id }, "a delivery failed in an unforeseen way");
      })
      .finally(() => {
        this.#inFlight.delete(work);
        queue.current = [];
        this.#advance(key, queue);
      });
    this.#inFlight.add(work);
  }

  async #deliver(together: readonly [Delivery, ...Delivery[]], queue: ChatQueue): Promise<void> {
    const [first] = together;
    // What we have shown ourselves we may not have told yet; what an earlier start has shown only the API knows.
    const shownUpTo = Math.max(this.#shownUpTo.get(keyOf(first)) ?? 0, first.shownUpTo ?? 0);
    const outcomes = await this.#deps.perform(together, shownUpTo);
    const putOff: Delivery[] = [];
    for (const [index, delivery] of together.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined) throw new Error(`delivery ${delivery.id} has no outcome`);
      if (outcome.outcome === "moved") {
        await this.#follow(delivery, outcome.toChatId);
        continue;
      }
      const again = await this.#settle(delivery, outcome, queue);
      if (again !== null) putOff.push(again);
    }
    queue.waiting.unshift(...putOff);
  }

  /** Tells the API how a delivery went. Answers it as it is to be tried again; null: it is not. */
  async #settle(
    delivery: Delivery,
    outcome: Exclude<Performed, { outcome: "moved" }>,
    queue: ChatQueue,
  ): Promise<Delivery | null> {
    const { steward, onShown, onDelivered, log, signal } = this.#deps;
    const key = keyOf(delivery);
    const { id: deliveryId, turnId } = delivery;
    if (outcome.outcome === "retry") {
      log.warn({ deliveryId, turnId, error: outcome.error, retryAt: outcome.retryAt }, "delivery put off");
      this.#noteOverdue(delivery);
    } else {
      log.info({ deliveryId, turnId, outcome: outcome.outcome }, "delivery done");
      this.#overdue.delete(deliveryId);
    }
    if (outcome.outcome === "delivered") onShown(delivery, this.#noteShown(key, delivery));
    this.#settling.set(deliveryId, delivery.revision);
    const settled = steward.settleDelivery(deliveryId, outcome).finally(() => {
      if (this.#settling.get(deliveryId) === delivery.revision) this.#settling.delete(deliveryId);
    });
    if (outcome.outcome === "retry") {
      const put = { ...delivery, nextAt: outcome.retryAt, attempt: delivery.attempt + 1 };
      // The API may have decided otherwise meanwhile (withdrawn, too often).
      return (await settled) === "pending" && !handOver(delivery, queue) ? put : null;
    }
    handOver(delivery, queue);
    // The next one need not wait for the API: this one is in the chat.
    const told = settled
      .then(() => (outcome.outcome === "delivered" ? onDelivered(delivery) : undefined))
      .catch((error: unknown) => {
        if (!signal.aborted)
          log.error({ err: error, deliveryId }, "the API did not take a delivery's outcome");
      })
      .finally(() => this.#inFlight.delete(told));
    this.#inFlight.add(told);
    return null;
  }

  /** The API has what waits for the group wait for the supergroup, and says so: from there it comes anew. */
  async #follow({ id: deliveryId, chatId }: Delivery, toChatId: string): Promise<void> {
    const { steward, clock, log } = this.#deps;
    log.warn({ deliveryId, chatId, toChatId }, "the group has become a supergroup; following it");
    const error = `the group is now ${toChatId}`;
    // First of all it is not on its way any more: what is moved while a file is being sent would be in doubt.
    await steward.settleDelivery(deliveryId, { outcome: "retry", retryAt: clock.now(), error });
    await steward.moveChat(chatId, toChatId);
  }

  #noteOverdue({ id: deliveryId, turnId, createdAt }: Delivery): void {
    const { clock, log } = this.#deps;
    if (clock.now() - createdAt <= OVERDUE_MS || this.#overdue.has(deliveryId)) return;
    this.#overdue.add(deliveryId);
    log.error({ deliveryId, turnId, createdAt }, "an answer could not be delivered for more than a day");
  }

  #noteShown(key: string, { placeholderIds }: Delivery): number {
    const shownUpTo = Math.max(this.#shownUpTo.get(key) ?? 0, ...placeholderIds.map((id) => id ?? 0));
    this.#shownUpTo.delete(key);
    this.#shownUpTo.set(key, shownUpTo);
    for (const oldest of this.#shownUpTo.keys()) {
      if (this.#shownUpTo.size <= REMEMBERED) break;
      this.#shownUpTo.delete(oldest);
    }
    return shownUpTo;
  }
}

/** What was rewritten while it was being shown goes on in the same messages, and is the one to go on with. */
function handOver({ id, placeholderIds }: Delivery, queue: ChatQueue): boolean {
  const rewritten = queue.waiting.find((each) => each.id === id);
  if (rewritten !== undefined) rewritten.placeholderIds = [...placeholderIds];
  return rewritten !== undefined;
}

const keyOf = ({ chatId, threadId }: ChatAddress): string => `${chatId} ${threadId}`;
