import { SESSION_STATES, type SessionState } from "@steward/schema/enums";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type SessionEvent, transition } from "./transition.ts";

/** DESIGN §5, row by row: event → state → expected state and effects. `-` = nothing happens. */
const TABLE: [SessionEvent, Record<SessionState, string>][] = [
  [
    { type: "message" },
    {
      idle: "spawning: spawn",
      suspended: "resuming: spawn",
      spawning: "-",
      resuming: "-",
      running: "-",
      ready: "running: send_prompt",
      stopping: "-",
    },
  ],
  [
    { type: "spawned", waiting: true },
    {
      idle: "- defect",
      suspended: "- defect",
      spawning: "running: send_prompt",
      resuming: "running: send_prompt",
      running: "- defect",
      ready: "- defect",
      stopping: "stopping: terminate",
    },
  ],
  [
    { type: "spawned", waiting: false },
    {
      idle: "- defect",
      suspended: "- defect",
      spawning: "ready:",
      resuming: "ready:",
      running: "- defect",
      ready: "- defect",
      stopping: "stopping: terminate",
    },
  ],
  [
    { type: "turn_done" },
    {
      idle: "- defect",
      suspended: "- defect",
      spawning: "- defect",
      resuming: "- defect",
      running: "ready: settle_done take_next",
      ready: "- defect",
      stopping: "-",
    },
  ],
  [
    { type: "no_answer" },
    {
      idle: "-",
      suspended: "-",
      spawning: "-",
      resuming: "-",
      running: "stopping: settle_no_answer terminate",
      ready: "-",
      stopping: "-",
    },
  ],
  [
    { type: "cancel" },
    {
      idle: "-",
      suspended: "-",
      spawning: "spawning: settle_head_cancelled",
      resuming: "resuming: settle_head_cancelled",
      running: "running: interrupt",
      ready: "-",
      stopping: "stopping: settle_head_cancelled",
    },
  ],
  [
    { type: "evict" },
    {
      idle: "-",
      suspended: "-",
      spawning: "-",
      resuming: "-",
      running: "-",
      ready: "stopping: terminate",
      stopping: "-",
    },
  ],
  [
    { type: "stuck" },
    {
      idle: "-",
      suspended: "-",
      spawning: "stopping: settle_head_failed terminate",
      resuming: "stopping: settle_head_failed terminate",
      running: "stopping: settle_head_failed terminate",
      ready: "-",
      stopping: "stopping: kill",
    },
  ],
  [
    { type: "exit", transcript: true },
    {
      idle: "-",
      suspended: "-",
      spawning: "suspended: settle_head_failed take_next",
      resuming: "suspended: settle_head_failed take_next",
      running: "suspended: settle_by_recovery_policy take_next",
      ready: "suspended: take_next",
      stopping: "suspended: take_next",
    },
  ],
  [
    { type: "exit", transcript: false },
    {
      idle: "-",
      suspended: "-",
      spawning: "idle: settle_head_failed take_next",
      resuming: "idle: settle_head_failed take_next",
      running: "idle: settle_by_recovery_policy take_next",
      ready: "idle: take_next",
      stopping: "idle: take_next",
    },
  ],
  [
    { type: "end", transcript: false },
    {
      idle: "idle: take_next",
      suspended: "idle: take_next",
      spawning: "stopping: settle_head_ended terminate",
      resuming: "stopping: settle_head_ended terminate",
      running: "stopping: settle_head_ended terminate",
      ready: "stopping: terminate",
      stopping: "-",
    },
  ],
];

const describeTransition = (state: SessionState, event: SessionEvent): string => {
  const result = transition(state, event);
  if (result.state === state && result.effects.length === 0) return result.defect ? "- defect" : "-";
  return `${result.state}:${result.effects.map((effect) => ` ${effect}`).join("")}`;
};

describe("the session table", () => {
  for (const [event, row] of TABLE) {
    for (const state of SESSION_STATES) {
      test(`${JSON.stringify(event)} while ${state}`, () => {
        expect(describeTransition(state, event)).toBe(row[state]);
      });
    }
  }
});

/** A session without a process: executes the effects on counters, so that only the table is under test. */
class Simulation {
  state: SessionState = "idle";
  waiting: number[] = [];
  running: number | null = null;
  process: "none" | "starting" | "up" | "dying" = "none";
  interrupted = false;
  retryable = true;
  next = 0;
  readonly settled = new Map<number, number>();

  apply(event: SessionEvent): void {
    const { state, effects, defect } = transition(this.state, event);
    expect(defect, `${event.type} while ${this.state}`).toBeUndefined();
    this.state = state;
    const followUps: SessionEvent[] = [];
    for (const effect of effects) {
      if (effect === "spawn") {
        expect(this.process).toBe("none");
        this.process = "starting";
      } else if (effect === "send_prompt") {
        expect(this.process).toBe("up");
        expect(this.running).toBeNull();
        this.running = this.waiting.shift() ?? null;
        if (this.running === null) followUps.push({ type: "turn_done" });
      } else if (effect === "settle_no_answer" && this.retryable) {
        // Once more, in a new process: back to the head of the queue.
        this.retryable = false;
        if (this.running !== null) this.waiting.unshift(this.running);
        this.running = null;
      } else if (
        effect === "settle_done" ||
        effect === "settle_by_recovery_policy" ||
        effect === "settle_no_answer"
      ) {
        this.settleRunning();
      } else if (effect.startsWith("settle_head")) {
        if (this.running === null && effect !== "settle_head_ended") this.settle(this.waiting.shift());
        else this.settleRunning();
      } else if (effect === "interrupt") {
        this.interrupted = true;
      } else if (effect === "terminate" || effect === "kill") {
        if (this.process === "up") this.process = "dying";
      } else if (effect === "take_next" && this.waiting.length > 0) {
        followUps.push({ type: "message" });
      }
    }
    for (const followUp of followUps) this.apply(followUp);
  }

  message(): void {
    this.waiting.push(this.next++);
    this.apply({ type: "message" });
  }

  settle(turn: number | undefined | null): void {
    if (turn === undefined || turn === null) return;
    this.settled.set(turn, (this.settled.get(turn) ?? 0) + 1);
  }

  settleRunning(): void {
    this.settle(this.running);
    this.running = null;
    this.interrupted = false;
  }

  /** What the world can do next; a process answers only what it was asked. */
  step(choice: string): void {
    const transcript = this.next > 0;
    if (choice === "message") this.message();
    else if (choice === "spawned" && this.process === "starting") {
      this.process = "up";
      this.apply({ type: "spawned", waiting: this.waiting.length > 0 });
    } else if (choice === "spawn_fails" && this.process === "starting") {
      this.process = "none";
      this.apply({ type: "exit", transcript });
    } else if (choice === "turn_done" && this.running !== null && this.process === "up") {
      this.apply({ type: "turn_done" });
    } else if (choice === "no_answer" && this.running !== null && this.process === "up") {
      this.apply({ type: "no_answer" });
    } else if (choice === "exit" && (this.process === "up" || this.process === "dying")) {
      this.process = "none";
      this.apply({ type: "exit", transcript });
    } else if (choice === "cancel") this.apply({ type: "cancel" });
    else if (choice === "evict") this.apply({ type: "evict" });
    else if (choice === "stuck") this.apply({ type: "stuck" });
    else if (choice === "end") this.apply({ type: "end", transcript: false });
  }
}

describe("any order of events", () => {
  test("settles every accepted turn exactly once and forgets no waiting turn", () => {
    const choices = [
      "message",
      "message",
      "spawned",
      "spawned",
      "spawn_fails",
      "turn_done",
      "turn_done",
      "no_answer",
      "exit",
      "cancel",
      "evict",
      "stuck",
      "end",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...choices), { maxLength: 80 }), (steps) => {
        const session = new Simulation();
        for (const step of steps) session.step(step);
        // From here on the world is well-behaved: everything must come to rest with nothing left over.
        for (let round = 0; round < 4 * (session.next + 2); round += 1) {
          session.step(session.process === "dying" ? "exit" : "spawned");
          session.step("turn_done");
        }
        expect(session.waiting).toEqual([]);
        expect(session.running).toBeNull();
        expect([...session.settled.keys()].sort((a, b) => a - b)).toEqual([...Array(session.next).keys()]);
        expect([...session.settled.values()].every((times) => times === 1)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
