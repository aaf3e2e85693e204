import { createClient } from "@steward/client/client";
import type { TurnEvent, TurnEventBody } from "@steward/contract/turn-events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { askWhileWaiting, canAsk } from "../src/approvals/ask-while-waiting.ts";
import { approval, QUESTIONS, shownApproval } from "./approval-fixture.ts";
import { TEST_TOKEN } from "./run-steward.ts";
import { createScreen, type Screen } from "./screen.ts";
import { StewardDouble } from "./steward-double.ts";

let double: StewardDouble;
let screen: Screen;

beforeEach(async () => {
  double = await new StewardDouble(TEST_TOKEN).start();
  screen = createScreen();
  double.on("decideApproval", ({ body }) => ({
    body: { ...approval(), state: "allowed", decision: body.decision, decidedBy: "owner" },
  }));
});
afterEach(async () => {
  await double.stop();
  expect(double.violations).toEqual([]);
});

const wait = () => {
  const client = createClient({ baseUrl: double.url, token: TEST_TOKEN });
  const { output, close } = askWhileWaiting({ client, terminal: screen.terminal });
  const show = (body: TurnEventBody) =>
    output.show({ v: 1, turnId: "018f0000-0000-7000-8000-000000000001", at: 0, ...body } as TurnEvent);
  return { show, close };
};
const asked = { type: "approval_requested", ...shownApproval() } as const;
const resolved = {
  type: "approval_resolved",
  approvalId: asked.approvalId,
  state: "allowed",
  decision: "once",
  decidedBy: "owner",
} as const;

test("somebody can be asked only where both the keyboard and the screen are a terminal", () => {
  expect(canAsk(screen.terminal)).toBe(false);
  screen = createScreen({ ttys: ["stdout", "stderr", "stdin"] });
  expect(canAsk(screen.terminal)).toBe(true);
  screen = createScreen({ ttys: ["stdout", "stdin"] });
  expect(canAsk(screen.terminal)).toBe(false);
});

test("a turn's question is asked of the person who waits, and the keyboard is let go afterwards", async () => {
  const { show } = wait();
  expect(screen.input.listenerCount("data")).toBe(0);
  show(asked);
  await screen.waitFor("Allow?");
  screen.input.write("y\n");
  await expect
    .poll(() => double.callsOf("decideApproval").map(({ body }) => body.decision))
    .toEqual(["once"]);
  await expect.poll(() => screen.input.isPaused()).toBe(true);
  show(resolved);
  expect(screen.text()).toContain("✓ allowed once, by owner");
});

test("an answer that came from elsewhere takes the question away", async () => {
  const { show } = wait();
  show(asked);
  await screen.waitFor("Allow?");
  show(resolved);
  await expect.poll(() => screen.input.isPaused()).toBe(true);
  expect(double.callsOf("decideApproval")).toEqual([]);
});

test.each([
  [
    "its turn ends",
    { type: "final", state: "interrupted", text: "", errorCode: "interrupted_by_restart", usage: null },
  ],
  ["it expires with a restart", { ...resolved, state: "expired", decision: null, decidedBy: "steward" }],
] as const)("what was answered of several questions counts for them alone, also when %s", async (_, end) => {
  const { show } = wait();
  show({ ...asked, questions: QUESTIONS });
  await screen.waitFor("Which colour?");
  screen.input.write("1\n");
  await screen.waitFor("Which fruits?");
  show(end as TurnEventBody);
  const next = "018f0000-0000-7000-8000-0000000000a2";
  show({ ...asked, approvalId: next, questions: QUESTIONS });
  screen.input.write("2\n");
  await expect.poll(() => screen.text().split("Which fruits?").length).toBe(5);
  screen.input.write("pear\n");
  await expect
    .poll(() => double.callsOf("decideApproval").map(({ params, body }) => [params, body.answers]))
    .toEqual([[{ approvalId: next }, { "Which colour?": ["Blue"], "Which fruits?": ["Pear"] }]]);
});

test("an answer that does not count any more is told, and nothing is asked again", async () => {
  double.on("decideApproval", () => ({
    status: 410,
    body: { detail: "This has expired", code: "approval_expired" },
  }));
  const { show } = wait();
  show(asked);
  await screen.waitFor("Allow?");
  screen.input.write("y\n");
  await screen.waitFor("This question has expired");
  await expect.poll(() => screen.input.isPaused()).toBe(true);
});
