import type { Delivery } from "@steward/contract/deliveries";
import { createFakeClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { describe, expect, test } from "vitest";
import { deliveryOf } from "../../test/tiny-steward.ts";
import { Deliverer } from "./deliverer.ts";
import type { Performed } from "./judge-delivery-failure.ts";

const id = (n: number): string => `0193f0a2-7c11-7000-8000-${String(n).padStart(12, "0")}`;

/** Deliveries end when the test says so. */
function start() {
  const clock = createFakeClock();
  const now = clock.now();
  const begun: string[] = [];
  const performed: Delivery[] = [];
  const below: number[] = [];
  const shown: number[] = [];
  const settled: [string, string][] = [];
  const moves: [string, string][] = [];
  const ends = new Map<string, (outcome: Performed) => void>();
  const state = { answer: (): Promise<Delivery["state"]> => Promise.resolve("delivered") };
  const deliverer = new Deliverer({
    perform: (together, shownUpTo) => {
      below.push(shownUpTo);
      return Promise.all(
        together.map((delivery) => {
          begun.push(delivery.id);
          performed.push(delivery);
          return new Promise<Performed>((resolve) => ends.set(delivery.id, resolve));
        }),
      );
    },
    togetherWith: ({ kind }, next) => (kind === "file" ? next.filter((each) => each.kind === "file") : []),
    steward: {
      settleDelivery: async (deliveryId, { outcome }) => {
        settled.push([deliveryId, outcome]);
        const answer = await state.answer();
        return outcome === "retry" ? "pending" : answer;
      },
      moveChat: async (from, to) => void moves.push([from, to]),
    },
    onShown: (_delivery, shownUpTo) => shown.push(shownUpTo),
    onDelivered: () => undefined,
    clock,
    log: createSilentLogger(),
    signal: new AbortController().signal,
  });
  return {
    clock,
    now,
    begun,
    performed,
    below,
    shown,
    settled,
    moves,
    state,
    deliverer,
    async end(n: number, outcome: Performed = { outcome: "delivered" }) {
      ends.get(id(n))?.(outcome);
      await clock.advance(0);
    },
  };
}

const of = (n: number, chatId: string, more: Partial<Delivery> = {}): Delivery =>
  deliveryOf({ id: id(n), chatId, ...more });

describe("Deliverer", () => {
  test("within a chat one after the other, oldest first; between chats nobody waits", async () => {
    const { deliverer, begun, end } = start();
    for (const delivery of [of(3, "a"), of(2, "a"), of(4, "b"), of(1, "a")]) deliverer.add(delivery);
    // The first to come was begun at once; what came meanwhile is put in order.
    expect(begun).toEqual([id(3), id(4)]);
    await end(3);
    await end(1);
    await end(2);
    expect(begun).toEqual([id(3), id(4), id(1), id(2)]);
  });

  test("a topic is a chat of its own", () => {
    const { deliverer, begun } = start();
    deliverer.add(of(1, "a"));
    deliverer.add(of(2, "a", { threadId: "5" }));
    expect(begun).toEqual([id(1), id(2)]);
  });

  test("waits for its time, and what is behind it waits with it", async () => {
    const { deliverer, begun, clock, now, end } = start();
    deliverer.add(of(1, "a", { nextAt: now + 60_000 }));
    deliverer.add(of(2, "a"));
    deliverer.add(of(3, "b"));
    expect(begun).toEqual([id(3)]);
    await clock.advance(59_000);
    expect(begun).toEqual([id(3)]);
    await clock.advance(1_000);
    await end(1);
    expect(begun).toEqual([id(3), id(1), id(2)]);
  });

  test("put off, it is tried again at its time and keeps its place", async () => {
    const { deliverer, begun, settled, clock, now, end } = start();
    deliverer.add(of(1, "a"));
    deliverer.add(of(2, "a"));
    await end(1, { outcome: "retry", retryAt: now + 5_000, error: "away" });
    expect(settled).toEqual([[id(1), "retry"]]);
    expect(begun).toEqual([id(1)]);
    await clock.advance(5_000);
    expect(begun).toEqual([id(1), id(1)]);
    await end(1);
    expect(begun).toEqual([id(1), id(1), id(2)]);
  });

  test.each([
    ["put off", { outcome: "retry", retryAt: 0, error: "away" } as const],
    ["shown", { outcome: "delivered", revision: 0 } as const],
  ])(
    "rewritten while the older text is %s, the newer one follows alone, in the same message",
    async (_, outcome) => {
      const { deliverer, performed, end } = start();
      deliverer.add(of(1, "a"));
      deliverer.add(of(1, "a", { revision: 1 }));
      performed[0]?.placeholderIds.push(77);
      await end(1, outcome);
      await end(1);
      expect(performed.map(({ revision, placeholderIds }) => [revision, placeholderIds])).toEqual([
        [0, [77]],
        [1, [77]],
      ]);
    },
  );

  test("what is shown is not shown again while the API has not been told", async () => {
    const { deliverer, begun, state, end } = start();
    let tell: (state: Delivery["state"]) => void = () => undefined;
    state.answer = () => new Promise((resolve) => (tell = resolve));
    deliverer.add(of(1, "a"));
    await end(1);
    deliverer.reset([of(1, "a"), of(2, "a")]);
    expect(begun).toEqual([id(1), id(2)]);
    tell("delivered");
  });

  test("what the API no longer lists is given up, what it lists anew is taken", () => {
    const { deliverer, begun, now } = start();
    deliverer.add(of(1, "a", { nextAt: now + 1_000 }));
    deliverer.reset([of(2, "a")]);
    expect(begun).toEqual([id(2)]);
  });

  test("each delivery is told how far down the one before it went", async () => {
    const { deliverer, below, shown, end } = start();
    deliverer.add(of(1, "a", { placeholderIds: [5, 9, 10] }));
    deliverer.add(of(2, "a", { placeholderIds: [7] }));
    deliverer.add(of(3, "b"));
    await end(1);
    expect(below).toEqual([0, 0, 10]);
    expect(shown).toEqual([10]);
  });

  test("knows of answers that have no place in the chat yet", async () => {
    const { deliverer, now, end } = start();
    const address = { botId: "4242", chatId: "a", threadId: "" };
    expect(deliverer.hasUnplaced(address)).toBe(false);
    deliverer.add(of(1, "a", { placeholderIds: [5], nextAt: now + 1_000 }));
    expect(deliverer.hasUnplaced(address)).toBe(false);
    deliverer.add(of(2, "a"));
    expect(deliverer.hasUnplaced(address)).toBe(true);
    deliverer.reset([]);
    await end(1);
    expect(deliverer.hasUnplaced(address)).toBe(false);
  });

  test("what goes together is begun at once, and each has its own end and its own place", async () => {
    const { deliverer, begun, settled, clock, now, end } = start();
    deliverer.add(of(1, "a"));
    for (const n of [2, 3, 4]) deliverer.add(of(n, "a", { kind: "file" }));
    deliverer.add(of(5, "a"));
    await end(1);
    expect(begun).toEqual([id(1), id(2), id(3), id(4)]);
    deliverer.add(of(3, "a", { kind: "file" }));
    await end(2);
    await end(3, { outcome: "retry", retryAt: now + 5_000, error: "away" });
    await end(4, { outcome: "possibly_delivered", error: "?" });
    expect(settled.slice(1)).toEqual([
      [id(2), "delivered"],
      [id(3), "retry"],
      [id(4), "possibly_delivered"],
    ]);
    await clock.advance(5_000);
    await end(3);
    expect(begun.slice(4)).toEqual([id(3), id(5)]);
  });

  test("stopped, it begins nothing and waits for what it began", async () => {
    const { deliverer, begun, end } = start();
    deliverer.add(of(1, "a"));
    deliverer.add(of(2, "a"));
    const stopped = deliverer.stop();
    await end(1);
    await stopped;
    expect(begun).toEqual([id(1)]);
  });

  test("after a restart stands below what an earlier start has shown, as the API tells it", () => {
    const t = start();
    t.deliverer.reset([of(1, "a", { shownUpTo: 30, placeholderIds: [27] })]);
    expect(t.below).toEqual([30]);
  });
});

describe("a group that has become a supergroup", () => {
  test("has its deliveries taken there by the API's word, each once", async () => {
    const t = start();
    t.deliverer.add(of(1, "-5"));
    t.deliverer.add(of(2, "-5"));
    await t.end(1, { outcome: "moved", toChatId: "-1001" });
    expect(t.moves).toEqual([["-5", "-1001"]]);
    expect(t.settled).toEqual([[id(1), "retry"]]);
    // The second is on its way to the old chat already when the API says where both are now.
    t.deliverer.add(of(1, "-1001", { revision: 1 }));
    t.deliverer.add(of(2, "-1001", { revision: 1 }));
    t.deliverer.add(of(3, "-1001"));
    await t.end(2, { outcome: "moved", toChatId: "-1001" });
    for (const n of [1, 2, 3]) await t.end(n);
    expect(t.performed.map((each) => [each.id, each.chatId])).toEqual([
      [id(1), "-5"],
      [id(2), "-5"],
      [id(1), "-1001"],
      [id(2), "-1001"],
      [id(3), "-1001"],
    ]);
  });

  test("takes what still waits for it along", async () => {
    const t = start();
    t.deliverer.add(of(1, "-5"));
    t.deliverer.add(of(2, "-5"));
    t.deliverer.add(of(2, "-1001", { revision: 1 }));
    await t.end(2);
    await t.end(1);
    expect(t.performed.map((each) => [each.id, each.chatId])).toEqual([
      [id(1), "-5"],
      [id(2), "-1001"],
    ]);
  });
});
