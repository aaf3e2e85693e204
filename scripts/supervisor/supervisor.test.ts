import { expect, test } from "vitest";
import { isAlive } from "../test/fixture-house.ts";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { Supervisor } from "./supervisor.mjs";

/** A supervisor whose programs are one-liners; what they print is collected. */
function createSupervisor(restartDelay?: (crashedAt: readonly number[]) => number | undefined) {
  const lines: string[] = [];
  const notices: string[] = [];
  const supervisor = new Supervisor(
    { onLine: (name, line) => lines.push(`${name}: ${line}`), onNotice: (text) => notices.push(text) },
    restartDelay,
  );
  const cwd = temporaryFolder();
  const program = (name: string, source: string, terminateMs = 5_000) => ({
    name,
    args: ["--input-type=commonjs", "-e", source],
    cwd,
    env: { PATH: process.env.PATH },
    terminateMs,
  });
  const printed = async (pattern: RegExp): Promise<string> => {
    await expect.poll(() => lines.find((line) => pattern.test(line)), { timeout: 10_000 }).toBeDefined();
    return lines.find((line) => pattern.test(line)) ?? "";
  };
  return { supervisor, program, printed, lines, notices };
}

const STAYS = "setInterval(() => {}, 1000);";

test("a program that ignores SIGTERM is killed, with what it had started", async () => {
  const { supervisor, program, printed, notices } = createSupervisor();
  const stubborn = `
    const { spawn } = require("node:child_process");
    process.on("SIGTERM", () => {});
    const child = spawn(process.execPath, ["-e", ${JSON.stringify(STAYS)}], { detached: true, stdio: "ignore" });
    console.log("pids", process.pid, child.pid);
    ${STAYS}`;
  await supervisor.start(program("api", stubborn, 300));
  const pids = (await printed(/pids/)).split(" ").slice(2).map(Number);
  expect(pids.map(isAlive)).toEqual([true, true]);
  await supervisor.stop();
  expect(pids.map(isAlive)).toEqual([false, false]);
  expect(notices).toContain("api did not end in time and was killed");
});

test("stopping twice is stopping once", async () => {
  const { supervisor, program } = createSupervisor();
  await supervisor.start(program("api", STAYS));
  await Promise.all([supervisor.stop(0), supervisor.stop(7)]);
  expect(await supervisor.ended).toBe(0);
});

test.each([
  ["its settings are wrong", 1, 1, /could not start/],
  ["another instance holds its data", 3, 3, /another Steward/],
  ["it ends by itself", 0, 0, /has ended/],
])(
  "a program is not started again when %s, and the others are stopped",
  async (_why, code, exitCode, notice) => {
    const { supervisor, program, printed, notices, lines } = createSupervisor();
    await supervisor.start(program("api", `console.log("pid", process.pid); ${STAYS}`));
    const api = Number((await printed(/pid/)).split(" ").at(-1));
    await supervisor.start(program("bot", `console.log("ran"); process.exitCode = ${code};`));
    expect(await supervisor.ended).toBe(exitCode);
    expect(lines.filter((line) => line === "bot: ran")).toHaveLength(1);
    expect(notices.join("\n")).toMatch(notice);
    expect(isAlive(api)).toBe(false);
  },
);

test("exit code 1 of a program that had worked is a crash: it is started again", async () => {
  const { supervisor, program, printed, lines } = createSupervisor(() => 1);
  const source = `console.log("ran"); setTimeout(() => process.exit(1), 200);`;
  await supervisor.start({ ...program("api", source), untilUp: () => printed(/ran/).then(() => undefined) });
  await expect.poll(() => lines.length, { timeout: 10_000 }).toBeGreaterThan(1);
  await supervisor.stop();
});

test("a program that crashes again and again ends everything with exit code 1", async () => {
  const { supervisor, program, lines, notices } = createSupervisor((crashes) =>
    crashes.length < 3 ? 1 : undefined,
  );
  await supervisor.start(program("bot", `console.log("ran"); process.exitCode = 70;`));
  expect(await supervisor.ended).toBe(1);
  expect(lines).toEqual(["bot: ran", "bot: ran", "bot: ran"]);
  expect(notices.at(-1)).toMatch(/giving up/);
});

test("start tells that a program never came up", async () => {
  const { supervisor, program } = createSupervisor();
  const never = {
    ...program("api", "process.exitCode = 1;"),
    untilUp: () => new Promise<void>(() => undefined),
  };
  expect(await supervisor.start(never)).toBe(false);
});
