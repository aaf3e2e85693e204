import { createClient } from "@steward/client/client";
import { createSystemClock } from "@steward/platform/clock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TurnRun } from "../src/chat/turn-run.ts";
import { createTurnView } from "../src/chat/turn-view.ts";
import { createGate } from "./gate.ts";
import { TEST_TOKEN } from "./run-steward.ts";
import { createScreen, type Screen } from "./screen.ts";
import { StewardDouble } from "./steward-double.ts";
import { scriptTurns, TurnScript } from "./turn-script.ts";

const TURN = "018f0000-0000-7000-8000-000000000001";

let double: StewardDouble;
let screen: Screen;

beforeEach(async () => {
  double = await new StewardDouble(TEST_TOKEN).start();
  screen = createScreen();
});
afterEach(async () => {
  await double.stop();
  expect(double.violations).toEqual([]);
});

const createRun = (patienceMs?: number): TurnRun =>
  new TurnRun({
    client: createClient({ baseUrl: double.url, token: TEST_TOKEN }),
    terminal: screen.terminal,
    chat: { botId: "cli", chatId: "cli", threadId: "" },
    output: createTurnView(screen.terminal),
    clock: createSystemClock(),
    patienceMs,
  });

test("a service that stays away is not waited for beyond the patience", async () => {
  scriptTurns(double, [
    new TurnScript(TURN, [{ type: "text", offset: 0, text: "Half" }, createGate().passed]),
  ]);
  const followed = createRun(1).follow(Promise.resolve(TURN));
  await screen.waitFor("Half");
  await double.stop();
  await expect(followed).rejects.toMatchObject({ name: "CommandFailure", exitCode: 1 });
});

test("a turn whose events are gone is told by the turn itself", async () => {
  const turn = {
    id: TURN,
    botId: "cli",
    chatId: "cli",
    threadId: "",
    conversationId: null,
    source: "cli",
    state: "failed",
    attempt: 1,
    prompt: "x",
    text: "",
    startedTools: false,
    errorCode: "cli_exited",
    errorDetail: "exit code 137",
    usage: null,
    receivedAt: 1,
    startedAt: 2,
    finishedAt: 3,
    queuePosition: null,
    model: null,
    triage: null,
    files: [],
  };
  double.on("turnEvents", (_request, response) => {
    response.writeHead(204).end();
    return undefined;
  });
  double.on("getTurn", () => ({ body: turn }));
  const final = await createRun().follow(Promise.resolve(TURN));
  expect(final?.state).toBe("failed");
  expect(screen.stderr()).toBe(
    "Claude Code ended unexpectedly. Your conversation is kept; send your message again.\n",
  );
});

test("a stop that finds nobody is said again when the service is back", async () => {
  const back = createGate();
  scriptTurns(double, [
    new TurnScript(TURN, [
      { type: "text", offset: 0, text: "Working" },
      back.passed,
      { type: "final", state: "cancelled", text: "⏹ Stopped.", errorCode: "turn_cancelled", usage: null },
    ]),
  ]);
  double.on("stopChat", () => {
    back.open();
    return { body: { stopped: true, turnId: TURN, waiting: 0 } };
  });
  const run = createRun();
  const followed = run.follow(Promise.resolve(TURN));
  await screen.waitFor("Working");
  await double.stop();
  await screen.waitFor("The connection is gone");
  await run.stop();
  await screen.waitFor("The stop did not get through");
  await double.start();
  expect((await followed)?.state).toBe("cancelled");
});

test("a stop said before the prompt was accepted reaches the turn", async () => {
  const accepted = createGate();
  const stopped = createGate();
  scriptTurns(double, [
    new TurnScript(TURN, [
      stopped.passed,
      { type: "final", state: "cancelled", text: "⏹ Stopped.", errorCode: "turn_cancelled", usage: null },
    ]),
  ]);
  double.on("stopChat", () => {
    stopped.open();
    return { body: { stopped: true, turnId: TURN, waiting: 0 } };
  });
  const run = createRun();
  const followed = run.follow(accepted.passed().then(() => TURN));
  await run.stop();
  expect(double.calls).toEqual([]);
  accepted.open();
  expect((await followed)?.state).toBe("cancelled");
  expect(double.callsOf("stopChat").map(({ body }) => body.turnId)).toEqual([TURN]);
});
