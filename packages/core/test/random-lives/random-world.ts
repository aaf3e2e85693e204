import { createFakeClock, type FakeClock } from "@steward/platform/clock";
import { createMemoryLogger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { chatMessages, deliveries, turnEvents, turns } from "@steward/schema/tables";
import { openTestDatabase } from "@steward/schema/test-database";
import { expect } from "vitest";
import { FORGOTTEN } from "../../src/sessions/chat-session.ts";
import { startCore, type TestCore } from "../test-core.ts";
import { CliCensus, type CliMove, RandomCli, startFailure } from "./random-cli.ts";

const MB = 1_048_576;
const LIMITS = { maxLive: 2, maxSpawning: 1, idleTimeoutMs: 300_000, minFreeBytes: 512 * MB };

/** One thing that happens to the service. Numbers pick among what there is. */
export type Step =
  | { do: "submit"; chat: number; deliver: boolean }
  | { do: "cli"; turn: number; move: CliMove }
  | { do: "stop"; chat: number }
  | { do: "release"; chat: number; action: "run" | "drop" }
  | { do: "new"; chat: number }
  | { do: "withdraw"; turn: number }
  | { do: "pass"; ms: number }
  | { do: "memory"; freeMb: number }
  | { do: "fail_start"; how: number }
  | { do: "stubborn"; interrupts: boolean; ends: boolean; silent: boolean }
  | { do: "slow_starts"; hold: boolean }
  | { do: "idle_policy"; chat: number; ms: number }
  | { do: "panic"; on: boolean }
  | { do: "reboot"; farewell: boolean };

/** A Steward on fake time whose CLIs, memory, people and own death are at the mercy of a list of steps. */
export class RandomWorld {
  readonly #database: OpenDatabase = openTestDatabase();
  readonly #census = new CliCensus();
  readonly #defects: string[] = [];
  readonly #accepted: { id: string; text: string; chat: number }[] = [];
  readonly #stoppedChats = new Set<number>();
  #clock: FakeClock = createFakeClock();
  #freeMb = 4_096;
  #cli = new RandomCli(this.#census, LIMITS, () => this.#clock.now());
  #t!: TestCore;
  #log = createMemoryLogger();

  async start(): Promise<void> {
    const dead = this.#cli;
    this.#cli = new RandomCli(this.#census, LIMITS, () => this.#clock.now());
    this.#log = createMemoryLogger();
    this.#t = await startCore({
      database: this.#database,
      clock: this.#clock,
      driver: this.#cli.driver,
      limits: LIMITS,
      log: this.#log.log,
      freeMemoryBytes: async () => this.#freeMb * MB,
      reapProcesses: async () => dead.alive,
    });
  }

  async take(step: Step): Promise<void> {
    const { core } = this.#t;
    switch (step.do) {
      case "submit":
        this.#submit(step.chat, step.deliver);
        break;
      case "cli":
        this.#cli.move(step.turn, step.move);
        break;
      case "stop":
        this.#stoppedChats.add(step.chat);
        // Resolves when the turn is settled, which may take until time passes.
        void core.chats.stop(address(step.chat));
        break;
      case "release":
        core.chats.release(address(step.chat), step.action);
        break;
      case "new":
        void core.chats.newConversation(address(step.chat));
        break;
      case "withdraw": {
        const turn = this.#accepted[step.turn % Math.max(this.#accepted.length, 1)];
        if (turn) core.turns.withdraw(turn.id, "queue_wait_timeout");
        break;
      }
      case "pass":
        await this.#clock.advance(step.ms);
        break;
      case "memory":
        this.#freeMb = step.freeMb;
        break;
      case "fail_start":
        this.#cli.fake.failOpen(startFailure(step.how));
        break;
      case "stubborn":
        this.#cli.fake.ignoreInterrupts = step.interrupts;
        this.#cli.fake.ignoreEnds = step.ends;
        this.#cli.fake.announceTurns = !step.silent;
        break;
      case "slow_starts":
        if (step.hold) this.#cli.holdOpens = true;
        else this.#cli.letOpen();
        break;
      case "idle_policy":
        if (this.#accepted.some(({ chat }) => chat === step.chat)) {
          core.policies.set(address(step.chat), "idleTimeoutMs", step.ms, "test");
        }
        break;
      case "panic":
        if (step.on) void core.panic.start(null);
        else core.panic.release(null);
        break;
      case "reboot":
        await this.#reboot(step.farewell);
    }
    await this.#breathe();
    expect(this.#census.violations).toEqual([]);
    expect(this.#t.core.load().live).toBeLessThanOrEqual(LIMITS.maxLive);
  }

  /** From here on the world is kind; then everything must come to rest with nothing left over. */
  async comeToRest(): Promise<void> {
    this.#freeMb = 4_096;
    this.#cli.behave();
    this.#t.core.panic.release(null);
    await this.#breathe();
    for (let round = 0; round < 60 && this.#unsettled().length > 0; round += 1) {
      for (let chat = 0; chat < 4; chat += 1) this.#t.core.chats.release(address(chat), "run");
      await this.#clock.advance(31_000);
    }
    expect(this.#unsettled(), "turns that nobody takes up").toEqual([]);
  }

  async assertOracle(): Promise<void> {
    this.#collectDefects();
    expect(this.#defects).toEqual([]);
    expect(this.#census.violations).toEqual([]);
    for (const { id, text } of this.#accepted) this.#assertSettledOnce(id, text);
    this.#assertOrder();
    const { live, waitingForPlace, waitingForMemory } = this.#t.core.load();
    expect({ live, waitingForPlace, waitingForMemory }).toEqual({
      live: this.#cli.alive,
      waitingForPlace: 0,
      waitingForMemory: 0,
    });
    await this.#farewell(0);
    expect(this.#cli.alive, "processes after the stop").toBe(0);
    expect(this.#t.core.load().live, "places after the stop").toBe(0);
    expect(this.#clock.pendingTimers(), "timers after the stop").toBe(0);
  }

  close(): void {
    this.#database.close();
  }

  #submit(chat: number, deliver: boolean): void {
    const text = `p${this.#accepted.length}`;
    const id = this.#t.submit(text, address(chat), { deliver, key: text });
    this.#accepted.push({ id, text, chat });
  }

  /** With a farewell as on SIGTERM; without as on SIGKILL: what the old one would still do never happens. */
  async #reboot(farewell: boolean): Promise<void> {
    if (farewell) {
      this.#cli.letOpen();
      await this.#farewell(1_000);
      expect(this.#cli.alive, "processes after a planned stop").toBe(0);
    }
    await this.#breathe();
    this.#collectDefects();
    this.#cli.orphan();
    this.#clock = createFakeClock(this.#clock.now() + 1);
    await this.start();
  }

  async #farewell(drainMs: number): Promise<void> {
    let stopped = false;
    void this.#t.core.stop(drainMs).then(() => {
      stopped = true;
    });
    await this.#clock.advance(40_000);
    expect(stopped, "the stop comes to an end").toBe(true);
  }

  #collectDefects(): void {
    for (const { level, msg } of this.#log.lines) {
      if (level === "error" || msg === FORGOTTEN) this.#defects.push(msg);
    }
  }

  #unsettled(): string[] {
    return this.#accepted.flatMap(({ id, text }) => {
      const state = this.#t.core.turns.get(id)?.state ?? "gone";
      return ["received", "queued", "running", "gone"].includes(state) ? [`${text} is ${state}`] : [];
    });
  }

  #assertSettledOnce(id: string, text: string): void {
    const { db } = this.#database;
    const finals = db
      .select()
      .from(turnEvents)
      .all()
      .filter((row) => row.turnId === id && row.body.includes('"type":"final"'));
    const answers = db
      .select()
      .from(chatMessages)
      .all()
      .filter((row) => row.turnId === id && row.role === "assistant");
    const sent = db
      .select()
      .from(deliveries)
      .all()
      .filter((row) => row.turnId === id);
    const deliver = db
      .select()
      .from(turns)
      .all()
      .find((row) => row.id === id)?.deliver;
    expect({ text, finals: finals.length, answers: answers.length, deliveries: sent.length }).toEqual({
      text,
      finals: 1,
      answers: 1,
      deliveries: deliver ? 1 : 0,
    });
  }

  /** First come, first served within a chat; what a stop has held back comes later. */
  #assertOrder(): void {
    for (let chat = 0; chat < 4; chat += 1) {
      if (this.#stoppedChats.has(chat)) continue;
      const accepted = this.#accepted.filter((turn) => turn.chat === chat).map(({ text }) => text);
      const sent = this.#census.firstSends.filter((text) => accepted.includes(text));
      expect(sent).toEqual(accepted.filter((text) => sent.includes(text)));
    }
  }

  async #breathe(): Promise<void> {
    for (let round = 0; round < 4; round += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

const address = (chat: number) => ({ botId: "7", chatId: `c${chat}`, threadId: "" });
