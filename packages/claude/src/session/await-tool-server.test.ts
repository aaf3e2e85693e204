import { createFakeClock } from "@steward/platform/clock";
import { createMemoryLogger } from "@steward/platform/logger";
import { expect, test } from "vitest";
import { CliError } from "../cli-driver.ts";
import type { RawMessage } from "../codec/raw-message.ts";
import { awaitToolServer } from "./await-tool-server.ts";
import { createControlChannel } from "./control-channel.ts";

/** A CLI that answers each `mcp_status` with the next of these words; with the last one from then on. Null: not at all. */
const start = (words: (string | null)[], signal?: AbortSignal) => {
  const clock = createFakeClock();
  const { log, lines } = createMemoryLogger();
  let asked = 0;
  const control = createControlChannel({
    clock,
    handle: async () => ({}),
    send: (message) => {
      const word = words[Math.min(asked++, words.length - 1)];
      const { request_id } = message as RawMessage;
      const response = {
        mcpServers: [
          { name: "other", status: "failed" },
          ...(word === "absent" ? [] : [{ name: "steward", status: word }]),
        ],
      };
      if (word !== null) {
        queueMicrotask(() =>
          control.receive({
            type: "control_response",
            response: { subtype: "success", request_id, response },
          }),
        );
      }
      return true;
    },
  });
  let isOver = false;
  const over = awaitToolServer("steward", { control, clock, log, signal }).then(() => {
    isOver = true;
  });
  const warnings = () => lines.filter(({ msg }) => msg === "the session starts without its tools");
  return { clock, control, over, isOver: () => isOver, asked: () => asked, warnings };
};

test("it is over when the server is connected, and not before", async () => {
  const { clock, over, isOver, asked, warnings } = start(["pending", "pending", "connected"]);
  await clock.advance(20);
  expect([asked(), isOver()]).toEqual([2, false]);
  await clock.advance(20);
  await over;
  expect(asked()).toBe(3);
  expect(warnings()).toEqual([]);
});

test.each(["failed", "absent"])(
  "a server that is %s is not waited for, and the log says so",
  async (word) => {
    const { over, asked, warnings } = start([word]);
    await over;
    expect(asked()).toBe(1);
    expect(warnings()).toMatchObject([{ name: "steward", err: { message: `the tool server is ${word}` } }]);
  },
);

test.each([
  ["never connects", ["pending"], "not connected in 2000 ms"],
  ["is not told of at all", [null], ""],
] as const)(
  "one that %s holds the session up for two seconds, and the log says so",
  async (_, words, why) => {
    const { clock, isOver, warnings } = start([...words]);
    await clock.advance(1_900);
    expect(isOver()).toBe(false);
    await clock.advance(200);
    expect(isOver()).toBe(true);
    expect(warnings()).toMatchObject([{ err: { message: expect.stringContaining(why) } }]);
  },
);

test("who is called off, or has a process that is gone, is told nothing of tools", async () => {
  const gone = start([null]);
  gone.control.close(new CliError("cli_exited", "killed"));
  await gone.over;
  expect(gone.warnings()).toEqual([]);
  const callOff = new AbortController();
  const calledOff = start(["pending"], callOff.signal);
  await calledOff.clock.advance(1);
  callOff.abort();
  await calledOff.over;
  expect(calledOff.warnings()).toEqual([]);
});
