import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { archives as archiveRows, bots, chats, deliveries } from "@steward/schema/tables";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { startCore, type TestCore, until } from "./test-core.ts";
import { createTestMachine, type TestMachine } from "./test-project.ts";

const DAY_MS = 86_400_000;
const chat = { botId: "cli", chatId: "main", threadId: "" };
let machine: TestMachine;
let t: TestCore;
let workspace: string;

const start = async (): Promise<void> => {
  t = await startCore({ surroundings: machine.surroundings, workspaces: machine.workspaces });
};

beforeEach(async () => {
  machine = createTestMachine();
  await start();
  workspace = machine.workspaces.pathOf(chat);
});

/** The fake CLI writes no transcripts: here is one as the real one leaves it. */
const transcriptOf = (cwd: string, sessionId: string): string =>
  join(machine.home, ".claude", "projects", cwd.replaceAll(/[^A-Za-z0-9]/g, "-"), `${sessionId}.jsonl`);
const writeTranscript = (launch: { cwd: string; cliSessionId: string } | undefined): string => {
  if (!launch) throw new Error("nothing was launched");
  const path = transcriptOf(launch.cwd, launch.cliSessionId);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '{"type":"user"}\n');
  return path;
};
/** A chat with a turn, a file and a transcript; its session is suspended. */
const furnish = async (): Promise<string> => {
  await t.ask("plant the beans");
  writeFileSync(join(workspace, "notes.txt"), "beans\n");
  const transcript = writeTranscript(t.driver.launches[0]);
  await t.clock.advance(3 * 3_600_000);
  await until(() => t.core.chats.status(chat).session.state === "suspended", "the session is suspended");
  return transcript;
};
/** Days go by, of which no timer of the service needs to know. */
const sleep = (days: number): void => t.clock.stepWallClock(days * DAY_MS);
const archives = () => t.core.archives.list(chat);
const pack = () => t.core.housekeeping.packSilentChats();
const archiveFiles = (): string[] => {
  const directory = machine.surroundings.archiveDirectory;
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.includes(".tar"),
  );
};

test("what cannot be removed after it was packed fails neither its archive nor the clean-up of the others", async () => {
  await furnish();
  // Under its longer name aside this is too deep for the system.
  let deep = workspace;
  while (deep.length < 4_060) deep = join(deep, "d".repeat(Math.min(200, 4_070 - deep.length)));
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, "f"), "x");
  expect(await t.core.archives.archive(chat)).toMatchObject({ restoredAt: null });
  expect(existsSync(workspace)).toBe(false);
  const left = readdirSync(dirname(workspace)).filter((name) => name.startsWith(`${basename(workspace)}.`));
  expect(left).toHaveLength(1);
  expect((await t.ask("and the beans?")).state).toBe("done");
  expect(existsSync(join(workspace, "notes.txt"))).toBe(true);
  renameSync(join(dirname(workspace), left[0] ?? ""), join(dirname(workspace), "x"));
});

describe("a silent chat", () => {
  test("is packed away after its days, workspace and transcripts, and not a day before", async () => {
    const transcript = await furnish();
    sleep(29);
    await pack();
    expect(archives()).toEqual([]);
    expect(existsSync(join(workspace, "notes.txt"))).toBe(true);
    sleep(1);
    await pack();
    expect(archives()).toMatchObject([{ ...chat, files: 2, restoredAt: null }]);
    expect(statSync(archives()[0]?.path ?? "").mode & 0o777).toBe(0o600);
    expect(existsSync(workspace)).toBe(false);
    expect(existsSync(transcript)).toBe(false);
    await pack();
    expect(archives()).toHaveLength(1);
  });

  test("comes back with its next message, before that is worked on, with its conversation", async () => {
    const transcript = await furnish();
    sleep(31);
    await pack();
    let seen = "";
    t.driver.script = (turn) => {
      seen = readFileSync(join(workspace, "notes.txt"), "utf8") + readFileSync(transcript, "utf8");
      turn.answer("here again");
    };
    expect((await t.ask("and the peas")).text).toBe("here again");
    expect(seen).toBe('beans\n{"type":"user"}\n');
    expect(t.driver.launches[1]).toMatchObject({
      resume: true,
      cliSessionId: t.driver.launches[0]?.cliSessionId,
    });
    expect(archives()[0]?.restoredAt).not.toBeNull();
    // And once more, all the way.
    sleep(31);
    await pack();
    expect(archives()).toMatchObject([{ restoredAt: null }]);
    expect(existsSync(workspace)).toBe(false);
    await t.ask("and again");
    expect(seen).toContain("beans");
  });

  test("by its own policy, or never", async () => {
    await furnish();
    t.core.policies.set({}, "archiveAfterDays", null, "test");
    sleep(400);
    await pack();
    expect(archives()).toEqual([]);
    t.core.policies.set(chat, "archiveAfterDays", 2, "test");
    await pack();
    expect(archives()).toHaveLength(1);
  });

  test("is told, where somebody reads it", async () => {
    await furnish();
    const person = { botId: "4242", chatId: "77", threadId: "" };
    t.database.db.insert(bots).values({ id: "4242", kind: "telegram", stateAt: 0, createdAt: 0 }).run();
    await t.ask("from a phone", person);
    writeFileSync(join(machine.workspaces.ensure(person), "file"), "text");
    sleep(31);
    const phone = t.frontEnd("4242");
    const terminal = t.frontEnd("cli");
    await pack();
    expect(t.core.archives.list(null)).toHaveLength(2);
    const notices = phone.events.filter(({ type }) => type === "delivery");
    expect(notices).toMatchObject([{ delivery: { kind: "notice", chatId: "77" } }]);
    expect(JSON.stringify(notices)).toContain("30 days");
    expect(terminal.events.filter(({ type }) => type === "delivery")).toEqual([]);
  });

  test("with nothing in it is left alone", async () => {
    await t.ask("hello");
    sleep(31);
    await pack();
    expect(archives()).toEqual([]);
    expect(archiveFiles()).toEqual([]);
  });

  test("keeps its project directory and its worktrees as they are; their transcripts are packed", async () => {
    const app = machine.repository("app");
    await t.core.projects.add({ path: app, force: false });
    await t.core.projects.choose(chat, { project: "app", worktree: false });
    await t.ask("in the project");
    const first = writeTranscript(t.driver.launches[0]);
    const { cwd } = await t.core.projects.choose(chat, { project: "app", worktree: true });
    await t.ask("in the worktree");
    const second = writeTranscript(t.driver.launches[1]);
    sleep(31);
    await pack();
    expect(archives()).toMatchObject([{ files: 2 }]);
    expect([first, second].map(existsSync)).toEqual([false, false]);
    for (const directory of [app, cwd]) expect(existsSync(join(directory, "README.md"))).toBe(true);
    await t.ask("back");
    expect([first, second].map(existsSync)).toEqual([true, true]);
  });
});

describe("a chat is not packed away", () => {
  test("while a turn runs", async () => {
    await furnish();
    t.driver.script = (turn) => turn.delta("working");
    const turnId = t.submit("long");
    await until(() => t.core.turns.get(turnId)?.text === "working", "the turn speaks");
    await expect(t.core.archives.archive(chat)).rejects.toMatchObject({ code: "chat_busy" });
    expect(existsSync(join(workspace, "notes.txt"))).toBe(true);
    expect(archiveFiles()).toEqual([]);
    await t.core.stop(0);
  });

  test("while messages are held after a stop", async () => {
    await furnish();
    t.driver.script = (turn) => turn.delta("working");
    const turnId = t.submit("long");
    t.submit("waits");
    await until(() => t.core.turns.get(turnId)?.text === "working", "the turn speaks");
    await t.core.chats.stop(chat);
    sleep(31);
    await pack();
    expect(archives()).toEqual([]);
    t.core.chats.release(chat, "drop");
    await pack();
    expect(archives()).toHaveLength(1);
  });

  test("when a message comes in the middle of it: it is answered on the files as they are", async () => {
    await furnish();
    for (let index = 0; index < 300; index += 1) writeFileSync(join(workspace, `file-${index}`), "text");
    const packing = t.core.archives.archive(chat);
    await vi.waitFor(() => expect(archiveFiles()).not.toEqual([]), { interval: 1 });
    const answered = t.ask("right now");
    await expect(packing).rejects.toMatchObject({ code: "chat_busy" });
    expect((await answered).state).toBe("done");
    expect(archives()).toEqual([]);
    expect(archiveFiles()).toEqual([]);
    expect(readdirSync(workspace)).toHaveLength(301);
  });

  test("when a message comes at the last moment, the archive done and nothing removed yet", async () => {
    await furnish();
    const packing = t.core.archives.archive(chat);
    while (!archiveFiles().some((name) => name.endsWith(".tar.gz"))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const answered = t.ask("right now");
    await expect(packing).rejects.toMatchObject({ code: "chat_busy" });
    expect((await answered).state).toBe("done");
    expect(archives()).toEqual([]);
    expect(archiveFiles()).toEqual([]);
    expect(existsSync(join(workspace, "notes.txt"))).toBe(true);
  });

  test("when a file changes meanwhile", async () => {
    await furnish();
    for (let index = 0; index < 300; index += 1) writeFileSync(join(workspace, `file-${index}`), "text");
    const packing = t.core.archives.archive(chat);
    await vi.waitFor(() => expect(archiveFiles()).not.toEqual([]), { interval: 1, timeout: 10_000 });
    appendFileSync(join(workspace, "notes.txt"), "peas\n");
    await expect(packing).rejects.toMatchObject({ code: "chat_busy" });
    expect(readFileSync(join(workspace, "notes.txt"), "utf8")).toBe("beans\npeas\n");
    expect(archiveFiles()).toEqual([]);
  });
});

test("a warm session is ended first, and the chat goes on afterwards", async () => {
  await t.ask("one");
  writeFileSync(join(workspace, "notes.txt"), "beans\n");
  expect(await t.core.archives.archive(chat)).toMatchObject({ files: 1 });
  expect(t.driver.sessions[0]?.alive).toBe(false);
  expect((await t.ask("two")).state).toBe("done");
  expect(readFileSync(join(workspace, "notes.txt"), "utf8")).toBe("beans\n");
});

describe("bringing back", () => {
  test("by id, also a second time, overwrites nothing", async () => {
    await furnish();
    const archive = await t.core.archives.archive(chat);
    const id = archive?.id ?? "";
    await t.core.archives.restore(id);
    writeFileSync(join(workspace, "notes.txt"), "peas\n");
    await t.core.archives.restore(id);
    expect(readFileSync(join(workspace, "notes.txt"), "utf8")).toBe("peas\n");
    expect(readdirSync(workspace)).toHaveLength(2);
    await expect(t.core.archives.restore("0190a5b0-7c3e-7000-8000-000000000001")).rejects.toMatchObject({
      code: "archive_not_found",
    });
  });

  test("keeps what was put into the workspace meanwhile", async () => {
    await furnish();
    await t.core.archives.archive(chat);
    writeFileSync(join(machine.workspaces.ensure(chat), "upload.txt"), "new\n");
    await t.ask("go on");
    expect(readdirSync(workspace).sort()).toEqual(["notes.txt", "upload.txt"]);
  });

  test("of a damaged archive tells so, runs nothing, and works once it is mended", async () => {
    await furnish();
    const { path = "" } = (await t.core.archives.archive(chat)) ?? {};
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length - 10));
    const turn = await t.ask("go on");
    expect(turn).toMatchObject({ state: "failed", errorCode: "archive_damaged" });
    expect(turn.text).toContain(path);
    expect(t.driver.launches).toHaveLength(1);
    writeFileSync(path, whole);
    expect((await t.ask("go on")).state).toBe("done");
    expect(readFileSync(join(workspace, "notes.txt"), "utf8")).toBe("beans\n");
  });
});

describe("an archive that cannot be brought back", () => {
  const lose = async (): Promise<string> => {
    await furnish();
    const { path = "" } = (await t.core.archives.archive(chat)) ?? {};
    renameSync(path, `${path}.elsewhere`);
    expect(await t.ask("go on")).toMatchObject({ state: "failed", errorCode: "archive_damaged" });
    return path;
  };

  test("is given up by /new, which says so; the chat goes on, also after a restart", async () => {
    const path = await lose();
    expect(archives()).toMatchObject([{ failedAt: t.clock.now(), givenUpAt: null }]);
    t = await t.reboot();
    expect(await t.core.chats.newConversation(chat)).toMatchObject({ archivesGivenUp: [path] });
    expect(archives()).toMatchObject([{ restoredAt: null, givenUpAt: t.clock.now() }]);
    expect((await t.ask("afresh")).state).toBe("done");
    expect(await t.core.chats.newConversation(chat)).not.toHaveProperty("archivesGivenUp");
    // And what is packed next comes back without a word about the lost one.
    writeFileSync(join(machine.workspaces.ensure(chat), "new.txt"), "new\n");
    await t.core.archives.archive(chat);
    expect((await t.ask("go on")).state).toBe("done");
    expect(readdirSync(workspace)).toEqual(["new.txt"]);
  });

  test("is given up by its id; found again, it is brought back by hand", async () => {
    const path = await lose();
    const id = archives()[0]?.id ?? "";
    expect(t.core.archives.forget(id)).toMatchObject({ id, path, givenUpAt: t.clock.now() });
    expect((await t.ask("afresh")).state).toBe("done");
    renameSync(`${path}.elsewhere`, path);
    expect(await t.core.archives.restore(id)).toMatchObject({ givenUpAt: null, failedAt: null });
    expect(readFileSync(join(workspace, "notes.txt"), "utf8")).toBe("beans\n");
    expect(() => t.core.archives.forget("0190a5b0-7c3e-7000-8000-000000000001")).toThrow(/no such archive/);
  });

  test("and was given up is forgotten after its days, but never while its file is there", async () => {
    const path = await lose();
    t.core.archives.forget(archives()[0]?.id ?? "");
    renameSync(`${path}.elsewhere`, path);
    sleep(100);
    await pack();
    expect(archives()).toHaveLength(1);
    rmSync(path);
    await pack();
    expect(archives()).toEqual([]);
  });

  test("that was not tried is not given up by /new", async () => {
    await furnish();
    await t.core.archives.archive(chat);
    expect(await t.core.chats.newConversation(chat)).not.toHaveProperty("archivesGivenUp");
    await t.ask("go on");
    expect(readFileSync(join(workspace, "notes.txt"), "utf8")).toBe("beans\n");
  });
});

describe("a data directory that was moved", () => {
  /** The same database with everything else at another place. */
  const move = async (): Promise<void> => {
    const old = machine.data;
    const data = join(machine.root, "moved");
    renameSync(old, data);
    const placed = (path: string): string => path.replace(old, data);
    const { workspaces } = machine;
    t = await startCore({
      database: t.database,
      clock: t.clock,
      surroundings: {
        ...machine.surroundings,
        archiveDirectory: placed(machine.surroundings.archiveDirectory),
      },
      workspaces: {
        ensure: (address) => {
          mkdirSync(placed(workspaces.pathOf(address)), { recursive: true });
          return placed(workspaces.pathOf(address));
        },
        pathOf: (address) => placed(workspaces.pathOf(address)),
        exists: existsSync,
        locate: (address) => placed(workspaces.pathOf(address)),
      },
    });
    workspace = placed(workspace);
  };

  test("keeps its archives: the chat's files come back at the new place", async () => {
    await furnish();
    await t.core.archives.archive(chat);
    await move();
    expect(existsSync(archives()[0]?.path ?? "")).toBe(true);
    await t.core.archives.restore(archives()[0]?.id ?? "");
    expect(readFileSync(join(workspace, "notes.txt"), "utf8")).toBe("beans\n");
  });

  test("also those whose absolute path an older version has written down", async () => {
    await furnish();
    const { path = "" } = (await t.core.archives.archive(chat)) ?? {};
    t.database.db.update(archiveRows).set({ path }).run();
    await t.core.archives.restore(archives()[0]?.id ?? "");
    await t.core.archives.archive(chat);
    await move();
    await t.core.archives.restore(archives()[1]?.id ?? "");
    expect(readFileSync(join(workspace, "notes.txt"), "utf8")).toBe("beans\n");
  });
});

describe("a file that comes while its chat is packed away", () => {
  const upload = (content: AsyncIterable<Uint8Array>, key = "one") =>
    t.core.files.receive({
      address: chat,
      name: "plan.txt",
      idempotencyKey: key,
      announcedBytes: null,
      content,
      signal: new AbortController().signal,
    });

  test("is still there when it has been acknowledged", async () => {
    await furnish();
    let packed = (): void => undefined;
    const isPacked = new Promise<void>((resolve) => {
      packed = resolve;
    });
    let begun = false;
    const uploading = upload(
      (async function* () {
        yield Buffer.from("first, ");
        begun = true;
        await isPacked;
        yield Buffer.from("second");
      })(),
    );
    await vi.waitFor(() => expect(begun).toBe(true), { interval: 1 });
    const packing = t.core.archives.archive(chat).finally(packed);
    await expect(packing).rejects.toMatchObject({ code: "chat_busy" });
    const { id, path } = await uploading;
    expect(readFileSync(join(workspace, path), "utf8")).toBe("first, second");
    const { handle } = await t.core.files.open(id);
    await handle.close();
    // And when nothing is on its way any more, the chat can be packed.
    expect(await t.core.archives.archive(chat)).not.toBeNull();
  });

  test("can be had and deleted afterwards: what was packed away comes back for it", async () => {
    await furnish();
    const content = async function* () {
      yield Buffer.from("plan");
    };
    const first = await upload(content());
    const second = await upload(content(), "two");
    await t.core.archives.archive(chat);
    expect(existsSync(workspace)).toBe(false);
    const { handle } = await t.core.files.open(first.id);
    expect(await handle.readFile("utf8")).toBe("plan");
    await handle.close();
    await t.core.archives.archive(chat);
    await t.core.files.remove(second.id);
    expect(existsSync(join(workspace, second.path))).toBe(false);
    expect(existsSync(join(workspace, first.path))).toBe(true);
  });
});

test("a chat is not packed away while a file of it is being sent", async () => {
  const person = { botId: "4242", chatId: "77", threadId: "" };
  t.database.db.insert(bots).values({ id: "4242", kind: "telegram", stateAt: 0, createdAt: 0 }).run();
  await t.ask("from a phone", person);
  writeFileSync(join(machine.workspaces.ensure(person), "file"), "text");
  const chatRef = t.database.db.select().from(chats).where(eq(chats.botId, "4242")).get()?.id ?? 0;
  t.database.db
    .insert(deliveries)
    .values({
      id: "d1",
      chatRef,
      kind: "file",
      state: "sending",
      text: "file",
      actions: [],
      language: "en",
      placeholderIds: [],
      nextAt: 0,
      createdAt: 0,
    })
    .run();
  await expect(t.core.archives.archive(person)).rejects.toMatchObject({ code: "chat_busy" });
});

describe("a service that went down", () => {
  test("between commit and removal: nothing is doubled, the conversation goes on", async () => {
    await furnish();
    const copy = readFileSync(join(workspace, "notes.txt"));
    await t.core.archives.archive(chat);
    mkdirSync(workspace);
    writeFileSync(join(workspace, "notes.txt"), copy);
    t = await t.reboot();
    expect((await t.ask("go on")).state).toBe("done");
    expect(readdirSync(workspace)).toEqual(["notes.txt"]);
  });

  test("in the middle of the removal: the next night removes what was put aside", async () => {
    const transcript = await furnish();
    const id = (await t.core.archives.archive(chat))?.id ?? "";
    mkdirSync(`${workspace}.packed-${id}`);
    writeFileSync(join(`${workspace}.packed-${id}`, "notes.txt"), "beans\n");
    writeFileSync(`${transcript}.packed-${id}`, "{}");
    writeFileSync(`${transcript}.packed-unknown`, "{}");
    t = await t.reboot();
    await pack();
    expect(existsSync(`${workspace}.packed-${id}`)).toBe(false);
    expect(existsSync(`${transcript}.packed-${id}`)).toBe(false);
    // In no archive of ours: not ours to remove.
    expect(existsSync(`${transcript}.packed-unknown`)).toBe(true);
    await t.ask("go on");
    expect(readFileSync(join(workspace, "notes.txt"), "utf8")).toBe("beans\n");
  });
});

test("an archive goes some time after its content was brought back, and never before", async () => {
  await furnish();
  const { path = "" } = (await t.core.archives.archive(chat)) ?? {};
  sleep(100);
  await pack();
  expect(existsSync(path)).toBe(true);
  await t.ask("go on");
  sleep(29);
  await pack();
  expect(existsSync(path)).toBe(true);
  sleep(2);
  t.core.policies.set({}, "archiveAfterDays", null, "test");
  await pack();
  expect(existsSync(path)).toBe(false);
  expect(archives()).toEqual([]);
});

test("one chat that cannot be packed does not keep others from it", async () => {
  await furnish();
  const other = { ...chat, botId: "web" };
  await t.ask("elsewhere", other);
  writeFileSync(join(machine.workspaces.ensure(other), "file"), "text");
  sleep(31);
  // Where the folder of the first one's archives should be, there is a file.
  mkdirSync(machine.surroundings.archiveDirectory, { recursive: true });
  writeFileSync(join(machine.surroundings.archiveDirectory, "cli"), "in the way");
  await pack();
  expect(archives()).toEqual([]);
  expect(existsSync(join(workspace, "notes.txt"))).toBe(true);
  expect(t.core.archives.list(other)).toHaveLength(1);
});
