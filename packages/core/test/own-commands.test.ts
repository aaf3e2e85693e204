import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandOutcome } from "@steward/contract/commands";
import { createSystemClock } from "@steward/platform/clock";
import { createIds } from "@steward/platform/ids";
import { auditEntries, commandRuns } from "@steward/schema/tables";
import { eq } from "drizzle-orm";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRunProgram } from "../src/commands/run-program.ts";
import type { CoreDeps } from "../src/core.ts";
import { pair, startCore, until } from "./test-core.ts";

const CHAT = { botId: "4242", chatId: "42", threadId: "" };

async function start(files: Record<string, string> = {}) {
  const root = mkdtempSync(join(tmpdir(), "steward-commands-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, "commands");
  mkdirSync(folder);
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text, { mode: 0o600 });
  for (const [file, text] of Object.entries(files)) write(file, text);
  const surroundings: CoreDeps["surroundings"] = {
    stewardDirectories: [],
    homeDirectory: root,
    worktreesDirectory: join(root, "worktrees"),
    archiveDirectory: join(root, "archive"),
    commandsDirectory: folder,
    commandEnvironment: { PATH: process.env.PATH ?? "", HOME: root },
    transcriptDirectories: [],
    gitEnvironment: {},
  };
  const t = await startCore({ surroundings });
  t.core.bots.register(CHAT.botId, "telegram", "tiny_bot");
  for (const userId of ["1", "42"]) pair(t.core, CHAT.botId, userId);
  let messages = 0;
  const run = (name: string, args = "", more: { userId?: string; key?: string } = {}) =>
    t.core.commands.run({
      address: CHAT,
      name,
      args,
      language: "en",
      userId: more.userId ?? "1",
      userName: "Ada",
      messageId: 7,
      key: more.key ?? `m${++messages}`,
    });
  const answerTo = async (outcome: CommandOutcome): Promise<string> => {
    if (outcome.kind !== "turn") throw new Error(`it was ${outcome.kind}`);
    return (await t.core.turns.waitForEnd(outcome.turnId)).text;
  };
  return { ...t, root, folder, write, run, answerTo };
}

/** A process that is dead and only not yet collected by its parent does nothing any more. */
const isAlive = (pid: string): boolean => {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.startsWith("Z") !== true;
};

const prompt = (template: string, more = ""): string =>
  `---\ndescription: Look something up\n${more}---\n${template}\n`;
const program = (argv: readonly string[], more: object = {}): string =>
  JSON.stringify({ description: "Do it", argv, ...more });

describe("an own command that is a prompt", () => {
  test.each([
    ["Say $1, then $2: $ARGUMENTS.", 'x "y z"', 'Say x, then y z: x "y z".'],
    ["Hello $1!", "", "Hello !"],
    ["Costs $10 and $12", "a", "Costs $10 and $12\n\na"],
    ["Look at this:", "$1 and $ARGUMENTS", "Look at this:\n\n$1 and $ARGUMENTS"],
    ["$ARGUMENTS", "$1 $2", "$1 $2"],
  ])("%j with %j asks %j", async (template, args, asked) => {
    const { run, answerTo } = await start({ "look.md": prompt(template) });
    expect(await answerTo(await run("look", args, { userId: "42" }))).toBe(`echo: ${asked}`);
  });

  test("asks once for one message, however often that is handled", async () => {
    const { run, driver, answerTo } = await start({ "look.md": prompt("Look.") });
    const first = await run("look", "", { key: "same" });
    expect(await run("look", "", { key: "same" })).toEqual(first);
    await answerTo(first);
    expect(driver.sessions.flatMap(({ turns }) => turns)).toHaveLength(1);
  });

  test("is for nobody below its role", async () => {
    const { run } = await start({ "look.md": prompt("Look.", "role: admin\n") });
    await expect(run("look", "", { userId: "42" })).rejects.toThrow("not for everybody");
    expect((await run("look")).kind).toBe("turn");
  });
});

describe("an own command that is a program", () => {
  test("gets what was written as it is: there is no shell", async () => {
    const { run } = await start({
      "show.yaml": "description: Show\nargv: [printf, '[%s]', $ARGUMENTS, $1, $2, fixed]\n",
    });
    expect(await run("show", "$(id); `id`")).toMatchObject({
      kind: "ran",
      exitCode: 0,
      output: "[$(id); `id`][$(id);][`id`][fixed]",
    });
  });

  test("is the owner's alone, and is written into the audit", async () => {
    const { run, database } = await start({ "show.json": program(["true"]) });
    await expect(run("show", "", { userId: "42" })).rejects.toThrow("not for everybody");
    await run("show");
    const entries = database.db
      .select({ actor: auditEntries.actor, target: auditEntries.target, detail: auditEntries.detail })
      .from(auditEntries)
      .where(eq(auditEntries.action, "own_command"))
      .all();
    expect(entries).toEqual([{ actor: "4242/1", target: "4242", detail: "show" }]);
  });

  test("sees nothing of our environment", async () => {
    process.env.STEWARD_TEST_SECRET = "sesame";
    onTestFinished(() => {
      delete process.env.STEWARD_TEST_SECRET;
    });
    const { run } = await start({ "show.json": program(["env"]) });
    const outcome = await run("show");
    const names = outcome.kind === "ran" ? outcome.output.split("\n").map((line) => line.split("=")[0]) : [];
    expect(names.filter((name) => name !== "").sort()).toEqual(["HOME", "PATH", "STEWARD_COMMAND"].sort());
  });

  test("runs once for one message, also when nobody saw its end", async () => {
    const { run, root, database } = await start({
      "count.json": program(["sh", "-c", "echo x >> count; cat count"]),
    });
    const first = await run("count", "", { key: "same" });
    expect(first).toMatchObject({ kind: "ran", output: "x\n" });
    expect(await run("count", "", { key: "same" })).toEqual(first);
    database.db.update(commandRuns).set({ answer: null, finishedAt: null }).run();
    expect(await run("count", "", { key: "same" })).toEqual({ kind: "unclear" });
    expect(readFileSync(join(root, "count"), "utf8")).toBe("x\n");
  });

  describe("on the machine's own clock", () => {
    const runProgram = createRunProgram({
      environment: { PATH: process.env.PATH ?? "" },
      clock: createSystemClock(),
      ids: createIds(),
    });
    const facts = { kind: "program", name: "x", description: "", hint: null, role: "owner" } as const;
    const runs = (root: string, argv: [string, ...string[]], timeoutMs = 10_000) =>
      runProgram({ ...facts, argv, cwd: root, timeoutMs }, "");

    test("is ended with all that it has started when its time is over", async () => {
      const { root } = await start();
      const script = "setsid sleep 600 & echo $! > child; echo begun; sleep 600";
      const outcome = await runs(root, ["sh", "-c", script], 500);
      expect(outcome).toMatchObject({ exitCode: null, timedOut: true, output: "begun\n" });
      expect(isAlive(readFileSync(join(root, "child"), "utf8").trim())).toBe(false);
    });

    test("leaves nothing behind when it ends by itself", async () => {
      const { root } = await start();
      const outcome = await runs(root, ["sh", "-c", "setsid sleep 600 >/dev/null 2>&1 & echo $! > child"]);
      expect(outcome).toMatchObject({ exitCode: 0, timedOut: false });
      expect(isAlive(readFileSync(join(root, "child"), "utf8").trim())).toBe(false);
    });

    test("that says too much is ended, and what it said first is shown", async () => {
      const { root } = await start();
      const outcome = await runs(root, ["yes", "y".repeat(1_000)]);
      expect(outcome).toMatchObject({ exitCode: null, timedOut: false, cut: true });
      expect(outcome.output.length).toBeGreaterThan(1_000);
      expect(outcome.output.length).toBeLessThanOrEqual(65_536);
    });
  });

  test("that does not exist says so", async () => {
    const { run } = await start({ "gone.json": program(["/nowhere/program"]) });
    expect(await run("gone")).toMatchObject({
      kind: "ran",
      exitCode: null,
      output: expect.stringMatching(/./) as string,
    });
  });
});

describe("a file that is no command", () => {
  test.each([
    ["help.md", prompt("x"), "Steward's own"],
    ["cron.md", prompt("x"), "Steward's own"],
    ["Upper.md", prompt("x"), "its name must be"],
    ["two words.md", prompt("x"), "its name must be"],
    ["bare.md", "just text", "front matter"],
    ["empty.md", prompt(""), "no prompt"],
    ["nodesc.md", "---\nrole: user\n---\nx", "description"],
    ["role.md", prompt("x", "role: king\n"), "role"],
    ["extra.md", prompt("x", "shell: true\n"), "shell"],
    ["noargv.json", '{"description":"x","argv":[]}', "argv"],
    ["mine.json", program(["true"], { role: "user" }), "owner alone"],
    ["broken.json", "{", "JSON"],
    ["here.json", program(["true"], { cwd: "relative" }), "absolute"],
    ["bomb.yaml", "a: &a [x]\ndescription: *a\nargv: [true]\n", ""],
  ])("%s is told, and harms no other", async (file, text, words) => {
    const { core } = await start({ [file]: text, "good.md": prompt("fine") });
    const { own, problems } = await core.commands.list({});
    expect(own.map(({ name }) => name)).toEqual(["good"]);
    expect(problems).toEqual([{ file, problem: expect.stringContaining(words) as string }]);
  });

  test("is one that others may write, a link, a folder, or one too large", async () => {
    const { core, folder, write, root } = await start({
      "open.md": prompt("x"),
      "large.md": prompt("x".repeat(70_000)),
    });
    chmodSync(join(folder, "open.md"), 0o622);
    writeFileSync(join(root, "outside.md"), prompt("x"), { mode: 0o600 });
    symlinkSync(join(root, "outside.md"), join(folder, "link.md"));
    mkdirSync(join(folder, "folder.md"));
    write("notes.txt", "not meant as a command");
    const { own, problems } = await core.commands.list({});
    expect(own).toEqual([]);
    expect(problems.map(({ file }) => file)).toEqual(["folder.md", "large.md", "link.md", "open.md"]);
  });
});

describe("the folder of own commands", () => {
  test("is read again when a file changes, comes or goes; front ends are told", async () => {
    const { core, write, folder, clock, frontEnd } = await start({ "look.md": prompt("Look.") });
    const { events } = frontEnd(CHAT.botId);
    const told = () =>
      events.flatMap((event) => (event.type === "commands" ? [event.own.map(({ name }) => name)] : []));
    await until(() => told().at(-1)?.length === 1 || core.load().live > 0, "the first look").catch(
      () => undefined,
    );
    write("other.md", prompt("Other."));
    await clock.advance(5_000);
    await until(() => told().at(-1)?.length === 2, "the second file is told");
    rmSync(join(folder, "look.md"));
    await clock.advance(5_000);
    await until(() => told().at(-1)?.join() === "other", "the first has gone");
    const before = told().length;
    await clock.advance(60_000);
    expect(told()).toHaveLength(before);
  });
});

describe("commands of Claude Code", () => {
  test("on the list reach it as commands, others do not", async () => {
    const { run, answerTo, driver, core } = await start();
    expect(await answerTo(await run("compact", "keep the plan", { userId: "42" }))).toBe(
      "echo: /compact keep the plan",
    );
    expect(driver.launches[0]?.allowCommands).toContain("/compact");
    expect(await run("clear")).toEqual({ kind: "unknown" });
    core.policies.set(CHAT, "cliCommands", ["security-review"], "test");
    expect(await run("compact")).toEqual({ kind: "unknown" });
    expect(await answerTo(await run("security_review"))).toBe("echo: /security-review");
    expect(driver.launches.at(-1)?.allowCommands).toEqual(["/security-review"]);
    expect((await core.commands.list(CHAT)).cli).toEqual(["security-review"]);
  });
});

test("/compact says that it is done, not what the CLI had said before", async () => {
  const { run, answerTo, driver } = await start();
  driver.script = (turn) => {
    turn.emit({ type: "compacting", phase: "started" });
    turn.emit({ type: "compacting", phase: "done" });
    turn.answer("what was said last");
  };
  expect(await answerTo(await run("compact"))).toContain("🗜 The conversation is compacted");
  // A conversation that is compacted on the way to an answer is answered.
  expect(await answerTo(await run("review"))).toBe("what was said last");
});
