import { createFakeCliDriver, type FakeTurn } from "@steward/claude/fake-cli-driver";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pair, promptUpdate, startCore, type TestCore, until } from "./test-core.ts";

const BOT = "123";
const CHAT = { botId: BOT, chatId: "42", threadId: "" };
const LIVES = Number(process.env.STEWARD_RUNS ?? 60);

type Step =
  | { do: "say" | "shout" | "stop" | "run" | "drop_all" | "finish" | "reboot" }
  | { do: "advance" | "drop" | "edit" | "stop_one"; pick: number };

interface Known {
  id: string;
  seq: number;
  messageId: number;
  text: string;
  rank: number;
  /** Its place among those that wait: what was sent ahead last is first. */
  ahead: number;
  attempts: number;
}

/** What a chat's queue is to be, by the plainest rules there are. */
class Model {
  running: Known | null = null;
  waiting: Known[] = [];
  parked: Known[] = [];
  readonly ended = new Set<string>();
  /** In the order in which the model was asked. */
  readonly asked: string[] = [];

  get open(): Known[] {
    return [...(this.running ? [this.running] : []), ...this.waiting, ...this.parked];
  }
  nextRank(): number {
    return Math.max(0, ...[...this.waiting, ...this.parked].map(({ rank }) => rank)) + 1;
  }
  enqueue(turn: Known): void {
    const at = this.waiting.findIndex(({ ahead }) => ahead < turn.ahead);
    this.waiting.splice(at < 0 ? this.waiting.length : at, 0, turn);
  }
  remove(turn: Known): void {
    this.waiting = this.waiting.filter((other) => other !== turn);
    this.parked = this.parked.filter((other) => other !== turn);
  }
  putFirst(turn: Known): void {
    this.remove(turn);
    turn.ahead = Number.POSITIVE_INFINITY;
    this.waiting.unshift(turn);
    this.end();
  }
  /** What runs ends, and the next one is taken up. */
  end(): void {
    if (this.running) this.ended.add(this.running.id);
    this.running = null;
    this.takeUp();
  }
  takeUp(): void {
    if (this.running) return;
    this.running = this.waiting.shift() ?? null;
    if (!this.running) return;
    this.running.attempts += 1;
    this.asked.push(this.running.text);
  }
  reboot(): void {
    const again = this.running?.attempts === 1 ? [this.running] : [];
    if (this.running && again.length === 0) this.ended.add(this.running.id);
    this.running = null;
    this.waiting = [...this.waiting, ...again].sort(inOrder);
    for (const turn of this.waiting) turn.ahead = turn.rank;
    this.takeUp();
  }
}

const inOrder = (a: Known, b: Known): number => b.rank - a.rank || a.seq - b.seq;

/** A chat and its model, side by side. */
class World {
  readonly model = new Model();
  #t!: TestCore;
  #turn: FakeTurn | null = null;
  #sent: string[] = [];
  #seq = 0;

  async start(): Promise<void> {
    this.#t = await startCore({ driver: this.#newDriver(), limits: { maxWaitingPerChat: 1_000 } });
    pair(this.#t.core, BOT, "42");
  }

  #newDriver() {
    return createFakeCliDriver({
      script: (turn) => {
        this.#turn = turn;
        this.#sent.push(turn.text);
        turn.delta("…");
      },
    });
  }

  #say(interrupts: boolean): void {
    const { model } = this;
    this.#seq += 1;
    const [text, messageId] = [`message ${this.#seq}`, this.#seq];
    const update = promptUpdate(text, { messageId, ...(interrupts && { interrupts }) });
    const [result] = this.#t.core.inbox.accept(BOT, [update]).results;
    const rank = interrupts ? model.nextRank() : 0;
    const id = result?.turnId ?? "";
    const turn: Known = { id, seq: this.#seq, messageId, text, rank, ahead: rank, attempts: 0 };
    if (interrupts) model.putFirst(turn);
    else model.enqueue(turn);
    model.takeUp();
  }

  async take(step: Step): Promise<void> {
    const { model } = this;
    const { core } = this.#t;
    const chosen = "pick" in step ? model.open[step.pick % Math.max(model.open.length, 1)] : undefined;
    if ("pick" in step && !chosen) return;
    if (step.do === "say" || step.do === "shout") this.#say(step.do === "shout");
    else if (step.do === "finish") {
      if (!model.running) return;
      this.#turn?.answer("done");
      model.end();
    } else if (step.do === "stop") {
      await core.chats.stop(CHAT);
      model.parked = [...model.parked, ...model.waiting.splice(0)].sort(inOrder);
      model.end();
    } else if (step.do === "run" || step.do === "drop_all") {
      core.chats.release(CHAT, step.do === "run" ? "run" : "drop");
      for (const turn of model.parked.splice(0)) {
        turn.ahead = turn.rank;
        if (step.do === "run") {
          model.enqueue(turn);
          model.takeUp();
        } else model.ended.add(turn.id);
      }
    } else if (step.do === "reboot") {
      this.#t = await this.#t.reboot({ driver: this.#newDriver() });
      model.reboot();
    } else if (chosen) await this.#takeOne(step.do, chosen);
    await this.#compare();
  }

  async #takeOne(what: "advance" | "drop" | "edit" | "stop_one", chosen: Known): Promise<void> {
    const { model } = this;
    const { core } = this.#t;
    const runs = chosen === model.running;
    if (what === "advance") {
      const { outcome } = core.queue.advance(chosen.id, CHAT);
      expect(outcome).toBe(runs ? "running" : "next");
      if (runs) return;
      chosen.rank = model.nextRank();
      model.putFirst(chosen);
    } else if (what === "edit") {
      const text = `${chosen.text}, edited`;
      const update = promptUpdate(text, { kind: "edit", messageId: chosen.messageId });
      expect(core.inbox.accept(BOT, [update]).results[0]?.edited ?? false).toBe(!runs);
      if (!runs) chosen.text = text;
    } else {
      if (what === "drop") {
        expect(core.queue.drop(chosen.id, CHAT).outcome).toBe(runs ? "running" : "dropped");
        if (runs) return;
      } else await core.chats.stop(CHAT, undefined, chosen.messageId);
      if (runs) return model.end();
      model.remove(chosen);
      model.ended.add(chosen.id);
    }
  }

  async #compare(): Promise<void> {
    const { model } = this;
    const { core } = this.#t;
    await until(
      () =>
        core.chats.status(CHAT).running?.turnId === model.running?.id &&
        this.#sent.length === model.asked.length,
      `the chat runs what it should (${JSON.stringify(model.running?.text)})`,
    );
    expect(this.#sent).toEqual(model.asked);
    for (const turn of model.open) expect(core.turns.get(turn.id)?.prompt).toBe(turn.text);
    for (const [at, { id }] of model.waiting.entries()) {
      expect(core.turns.get(id)).toMatchObject({ state: "queued", queuePosition: at + 1 });
    }
  }

  /** Whatever is left is answered, and every turn has had one end. */
  async finish(): Promise<void> {
    const { model } = this;
    await this.take({ do: "run" });
    while (model.running) await this.take({ do: "finish" });
    for (const id of model.ended)
      expect(["queued", "running"]).not.toContain(this.#t.core.turns.get(id)?.state);
    expect(model.ended.size).toBe(this.#seq);
    await this.#t.core.stop(0);
  }
}

const plain = fc.constantFrom(
  "say",
  "say",
  "say",
  "shout",
  "stop",
  "run",
  "drop_all",
  "finish",
  "finish",
  "reboot",
);
const aimed = fc.constantFrom("advance", "advance", "drop", "edit", "edit", "stop_one");
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: plain }),
  fc.record({ do: aimed, pick: fc.nat({ max: 20 }) }),
) as fc.Arbitrary<Step>;

test(`a chat's queue does what it is told in ${LIVES} random lives: in order, nothing twice, nothing lost`, {
  timeout: 2_000 * LIVES,
}, async () => {
  const seed = process.env.STEWARD_SEED;
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 60 }), async (life) => {
      const world = new World();
      await world.start();
      for (const step of life) await world.take(step);
      await world.finish();
    }),
    { numRuns: LIVES, ...(seed === undefined ? {} : { seed: Number(seed) }) },
  );
});
