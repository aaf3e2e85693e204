import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, createSystemClock } from "@steward/platform/clock";
import { createLogger, createRedactor } from "@steward/platform/logger";
import { findMarkedProcesses, type ProcessMarker, sweepMarked } from "@steward/platform/process";
import type { CliHost, CliLaunch, CliSession } from "../src/cli-driver.ts";
import type { CliEvent, TurnResult } from "../src/cli-event.ts";
import { createStdioCliDriver } from "../src/stdio-cli-driver.ts";
import { STUB_CLI_BINARY } from "../src/stub-cli.ts";

/** A session with everything it said, and ways to wait for what it will say. */
export interface RecordedSession {
  session: CliSession;
  events: CliEvent[];
  marker: ProcessMarker;
  launch: CliLaunch;
  /** The first event, past or future, that fits. Rejects when the process exits before it comes. */
  until<Type extends CliEvent["type"]>(
    type: Type,
    after?: number,
  ): Promise<Extract<CliEvent, { type: Type }>>;
  /** Sends a turn and waits for its result. */
  ask(text: string): Promise<TurnResult>;
  /** Text of the deltas so far. */
  shown(): string;
  descendants(): number[];
}

/** Four of its seconds are one: for ends of real processes that go step by step. */
export function createHastyClock(): Clock {
  const clock = createSystemClock();
  return {
    ...clock,
    monotonicMs: () => clock.monotonicMs() * 4,
    setTimer: (ms, run, timerOptions) => clock.setTimer(ms / 4, run, timerOptions),
    sleep: (ms, signal) => clock.sleep(ms / 4, signal),
  };
}

const opened: ProcessMarker[] = [];
const lines: string[] = [];

/** Ends whatever a failed test has left. */
export async function sweepSessions(): Promise<void> {
  for (const marker of opened.splice(0)) await sweepMarked(marker);
}

/** Everything the drivers have logged. */
export function loggedLines(): readonly string[] {
  return lines;
}

export function makeLaunch(scenario: object = {}, overrides: Partial<CliLaunch> = {}): CliLaunch {
  const home = mkdtempSync(join(tmpdir(), "steward-stub-"));
  return {
    binary: STUB_CLI_BINARY,
    cwd: home,
    cliSessionId: randomUUID(),
    resume: false,
    env: { HOME: home, PATH: process.env.PATH ?? "", STUB_SCENARIO: JSON.stringify(scenario) },
    marker: { name: "STEWARD_SESSION", value: randomUUID() },
    ...overrides,
  };
}

export async function openStub(
  scenario: object = {},
  overrides: Partial<CliLaunch> = {},
  host: Partial<CliHost> = {},
  options: { keeps?: (event: CliEvent) => boolean; clock?: Clock } = {},
): Promise<RecordedSession> {
  const launch = makeLaunch(scenario, overrides);
  opened.push(launch.marker);
  const events: CliEvent[] = [];
  const listeners = new Set<() => void>();
  const driver = createStdioCliDriver({
    ...(options.clock && { clock: options.clock }),
    log: createLogger({
      name: "test",
      level: "debug",
      redact: createRedactor(),
      destination: { write: (line) => void lines.push(line) },
    }),
  });
  const session = await driver.open(launch, {
    beforeTool: () => Promise.resolve(),
    decideTool: () => Promise.resolve({ behavior: "deny", message: "not in this test" }),
    ...host,
    onEvent: (event) => {
      if (options.keeps?.(event) !== false) events.push(event);
      host.onEvent?.(event);
      for (const listener of listeners) listener();
    },
  });
  const until: RecordedSession["until"] = (type, after = 0) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = events.slice(after).find((event) => event.type === type);
        if (found === undefined) return;
        listeners.delete(look);
        // `find` cannot narrow by a generic discriminant; the comparison above is the proof.
        resolve(found as Extract<CliEvent, { type: typeof type }>);
      };
      listeners.add(look);
      void session.exited.then((exit) => reject(new Error(`no ${type} before ${JSON.stringify(exit)}`)));
      look();
    });
  return {
    session,
    events,
    marker: launch.marker,
    launch,
    until,
    ask: (text) => {
      const after = events.length;
      session.sendTurn({ uuid: randomUUID(), text });
      return until("turn_result", after);
    },
    shown: () => events.map((event) => (event.type === "text_delta" ? event.text : "")).join(""),
    descendants: () => findMarkedProcesses(launch.marker).map(({ pid }) => pid),
  };
}

/** The prompt that makes the stub do this. */
export function stub(scenario: object, before = ""): string {
  return `${before}STUB:${JSON.stringify(scenario)}`;
}
