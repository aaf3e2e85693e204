import { describe, expect, test } from "vitest";
import type { CliEvent } from "../cli-event.ts";
import { createOwnTurns } from "./own-turns.ts";

const started: CliEvent = {
  type: "turn_started",
  sessionId: "s",
  model: "m",
  tools: [],
  permissionMode: "default",
  version: "v",
};
const taskFinished: CliEvent = {
  type: "task_finished",
  taskId: "t",
  toolUseId: null,
  status: "completed",
  summary: "",
};
const delta: CliEvent = { type: "text_delta", text: "word", parentToolUseId: null };
const replayed: CliEvent = { type: "user_replayed", uuid: "u" };

describe("a turn of the CLI's own", () => {
  test("is one that begins while none of ours is on its way", () => {
    const own = createOwnTurns();
    expect(own.see(started, undefined)).toBe("started");
    expect(own.isRunning).toBe(true);
    own.ended();
    expect(own.isRunning).toBe(false);
  });

  test("is not one of ours, whether its acknowledgement comes before its text or after", () => {
    const own = createOwnTurns();
    expect(own.see(started, { replayed: false })).toBeNull();
    expect(own.see(replayed, { replayed: true })).toBeNull();
    expect(own.isRunning).toBe(false);
  });

  test("goes on when ours is sent meanwhile, until its result or until ours is taken into it", () => {
    const own = createOwnTurns();
    own.see(started, undefined);
    expect(own.isRunning).toBe(true);
    expect(own.see(replayed, { replayed: true })).toBe("ended");
    expect(own.isRunning).toBe(false);
  });

  test("also begins when ours has been sent but a task's end comes first", () => {
    const own = createOwnTurns();
    own.see(taskFinished, { replayed: false });
    expect(own.see(started, { replayed: false })).toBe("started");
    own.ended();
    expect(own.see(started, { replayed: false })).toBeNull();
  });

  test("does not begin with a task that ends in the middle of ours", () => {
    const own = createOwnTurns();
    own.see(started, { replayed: false });
    own.see(replayed, { replayed: true });
    own.see(taskFinished, { replayed: true });
    expect(own.isRunning).toBe(false);
    own.ended();
    expect(own.see(started, { replayed: false })).toBeNull();
  });

  test("is told by its first word, by a CLI that acknowledges ours before that, when a task ended inside our last one", () => {
    const own = createOwnTurns();
    own.see(started, { replayed: false });
    own.see(replayed, { replayed: true });
    own.see(delta, { replayed: true });
    own.see(taskFinished, { replayed: true });
    own.ended();
    expect(own.see(started, { replayed: false })).toBeNull();
    expect(own.see(delta, { replayed: false })).toBe("started");
    own.ended();
    own.see(started, { replayed: false });
    expect(own.see(replayed, { replayed: true })).toBeNull();
    expect(own.see(delta, { replayed: true })).toBeNull();
  });

  test("is not seen in the first word of ours by a CLI that acknowledges it later", () => {
    const own = createOwnTurns();
    for (let turn = 0; turn < 3; turn += 1) {
      own.see(started, { replayed: false });
      expect(own.see(delta, { replayed: false })).toBeNull();
      own.see(replayed, { replayed: true });
      own.ended();
    }
  });
});
