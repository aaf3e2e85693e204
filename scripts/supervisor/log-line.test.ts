import { expect, test } from "vitest";
import { formatLogLine } from "./log-line.mjs";

const at = new Date(2026, 10, 20, 21, 3, 12).getTime();

test("a log line shows its time, program, message and fields", () => {
  const line = JSON.stringify({
    level: "info",
    time: at,
    name: "api",
    pid: 7,
    turnId: "t1",
    n: { a: 1 },
    msg: "spawned",
  });
  expect(formatLogLine("api", line, { colours: false })).toBe('21:03:12 api  spawned turnId=t1 n={"a":1}');
});

test("levels other than info are named", () => {
  const line = JSON.stringify({ level: "error", time: at, msg: "failed" });
  expect(formatLogLine("bot", line, { colours: false })).toBe("21:03:12 bot  ERROR failed");
});

test.each(["plain words", '{"half":', "{}", '{"level":30,"time":1,"msg":"x"}'])(
  "%s is passed on with its program",
  (line) => {
    expect(formatLogLine("api", line, { colours: false })).toBe(`api  ${line}`);
  },
);
