import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { startCore, type TestCore, until } from "./test-core.ts";
import { createTestMachine, git, type TestMachine } from "./test-project.ts";

const chat = { botId: "cli", chatId: "main", threadId: "" };
const other = { botId: "cli", chatId: "other", threadId: "" };
let machine: TestMachine;
let t: TestCore;

beforeEach(async () => {
  machine = createTestMachine();
  t = await startCore({ surroundings: machine.surroundings, workspaces: machine.workspaces });
});

const add = (path: string, more: { name?: string; force?: boolean } = {}) =>
  t.core.projects.add({ path, force: false, ...more });
const use = (project: string | null, worktree = false, address = chat) =>
  t.core.projects.choose(address, { project, worktree });
const cwds = () => t.driver.launches.map(({ cwd }) => cwd);

describe("listing a directory", () => {
  test("keeps its real path, and whether it is a git repository", async () => {
    const plain = machine.directory("notes");
    symlinkSync(plain, join(machine.root, "link-to-notes"));
    expect(await add(join(machine.root, "link-to-notes"))).toMatchObject({
      name: "notes",
      path: plain,
      isGit: false,
      exists: true,
    });
    expect(await add(machine.repository("app"), { name: "My.App" })).toMatchObject({
      name: "My.App",
      isGit: true,
    });
    expect(t.core.projects.list().map(({ name }) => name)).toEqual(["My.App", "notes"]);
  });

  test.each([
    ["a path that is not absolute", () => "notes", "project_path_missing"],
    ["a path that is not there", () => join(machine.root, "nothing"), "project_path_missing"],
    ["a file", () => writeFile("file.txt"), "project_path_missing"],
    ["the root", () => "/", "project_path_private"],
    ["Steward's data", () => machine.data, "project_path_private"],
    ["a chat's workspace", () => machine.workspaces.ensure(chat), "project_path_private"],
    ["what holds Steward's data", () => machine.home, "project_path_private"],
    ["a link into Steward's data", () => linkTo(join(machine.data, "workspaces")), "project_path_private"],
    ["Claude Code's settings", () => claudeSettings(), "project_path_private"],
  ])("refuses %s, with or without force", async (_, path, code) => {
    for (const force of [false, true]) await expect(add(path(), { force })).rejects.toMatchObject({ code });
    expect(t.core.projects.list()).toEqual([]);
  });

  test("refuses the home directory and what is above it, until forced", async () => {
    const home = machine.directory("elsewhere/ada");
    t = await startCore({ surroundings: { ...machine.surroundings, homeDirectory: home } });
    await expect(add(home)).rejects.toMatchObject({ code: "project_path_home" });
    await expect(add(machine.directory("elsewhere"))).rejects.toMatchObject({ code: "project_path_home" });
    expect(await add(home, { force: true })).toMatchObject({ path: home });
  });

  test("refuses a second one of the same name or directory", async () => {
    await add(machine.directory("notes"));
    await expect(add(machine.directory("notes"), { name: "again" })).rejects.toMatchObject({
      code: "project_exists",
    });
    await expect(add(machine.directory("sub"), { name: "NOTES" })).rejects.toMatchObject({
      code: "project_exists",
    });
  });

  const writeFile = (name: string): string => {
    writeFileSync(join(machine.root, name), "text");
    return join(machine.root, name);
  };
  const linkTo = (target: string): string => {
    const link = join(machine.root, "innocent");
    rmSync(link, { force: true });
    symlinkSync(target, link);
    return link;
  };
  const claudeSettings = (): string => {
    mkdirSync(join(machine.home, ".claude", "commands"), { recursive: true });
    return join(machine.home, ".claude", "commands");
  };
});

describe("choosing a project", () => {
  test("starts a new conversation there; the next ones begin there too; none leads back", async () => {
    const notes = machine.directory("notes");
    await add(notes);
    await t.ask("in my own place");
    expect(await use("Notes")).toMatchObject({ project: "notes", cwd: notes, branch: null, warnings: [] });
    await t.ask("in the project");
    await t.core.chats.newConversation(chat);
    await t.ask("still in the project");
    await use(null);
    await t.ask("back home");
    const own = machine.workspaces.ensure(chat);
    expect(cwds()).toEqual([own, notes, notes, own]);
    expect(t.driver.launches.every(({ resume }) => !resume)).toBe(true);
  });

  test("leaves other chats where they are", async () => {
    await add(machine.directory("notes"));
    await use("notes");
    await t.ask("elsewhere", other);
    expect(cwds()).toEqual([machine.workspaces.ensure(other)]);
  });

  test("warns the second chat in the same directory, not one with a worktree", async () => {
    await add(machine.repository("app"));
    expect((await use("app")).warnings).toEqual([]);
    expect((await use("app", false, other)).warnings).toEqual(["shared_directory"]);
    expect((await use("app", true, other)).warnings).toEqual([]);
  });

  test("is refused while a turn runs, and changes nothing", async () => {
    await add(machine.directory("notes"));
    t.driver.script = (turn) => turn.delta("working");
    const turnId = t.submit("long");
    await until(() => t.core.turns.get(turnId)?.text === "working", "the turn speaks");
    await expect(use("notes")).rejects.toMatchObject({ code: "chat_busy" });
    await t.core.chats.stop(chat);
    expect(t.core.turns.get(turnId)?.state).toBe("cancelled");
    await t.core.chats.newConversation(chat);
    t.driver.script = (turn) => turn.answer("done");
    await t.ask("next");
    expect(cwds().at(-1)).toBe(machine.workspaces.ensure(chat));
  });

  test("a message that comes while the worktree is made keeps its conversation, and no worktree is left", async () => {
    const app = machine.repository("app");
    await add(app);
    t.driver.script = (turn) => turn.delta("working");
    const choosing = use("app", true);
    const turnId = t.submit("came in between");
    await expect(choosing).rejects.toMatchObject({ code: "chat_busy" });
    await until(() => t.core.turns.get(turnId)?.text === "working", "the turn speaks");
    expect(cwds()).toEqual([machine.workspaces.ensure(chat)]);
    expect(git(app, "worktree", "list").trim().split("\n")).toHaveLength(1);
    await t.core.stop(0);
  });

  test("of a bot is for its owner and admins", async () => {
    await add(machine.directory("notes"));
    const { db } = t.database;
    const { accessEntries } = await import("@steward/schema/tables");
    for (const [userId, role] of [
      ["1", "owner"],
      ["2", "admin"],
      ["3", "user"],
    ] as const) {
      db.insert(accessEntries).values({ botId: "cli", userId, role, createdAt: 0 }).run();
    }
    const choose = (userId: string) =>
      t.core.projects.choose(chat, { project: "notes", worktree: false, userId });
    await expect(choose("3")).rejects.toMatchObject({ code: "owner_only" });
    await expect(choose("4")).rejects.toMatchObject({ code: "owner_only" });
    expect(await choose("2")).toMatchObject({ project: "notes" });
    expect(await choose("1")).toMatchObject({ project: "notes" });
  });

  test("that nobody listed is refused", async () => {
    await expect(use("nothing")).rejects.toMatchObject({ code: "project_not_found" });
  });
});

describe("a conversation whose directory is gone", () => {
  const failed = async (text: string) => {
    const turn = await t.ask(text);
    expect(turn.state).toBe("failed");
    return turn;
  };

  test("says so with the next step, also when its process was warm, and goes on when it is back", async () => {
    const notes = machine.directory("notes");
    await add(notes);
    await use("notes");
    await t.ask("one");
    renameSync(notes, `${notes}-moved`);
    const turn = await failed("two");
    expect(turn.errorCode).toBe("directory_gone");
    expect(turn.text).toContain(notes);
    expect(turn.text).toContain("/project");
    expect(t.driver.launches).toHaveLength(1);
    renameSync(`${notes}-moved`, notes);
    await t.ask("three");
    expect(t.driver.launches.at(-1)).toMatchObject({ cwd: notes, resume: true });
  });

  test("starts anew when what guards it was removed or replaced, and loses no message", async () => {
    const notes = machine.directory("notes");
    await add(notes);
    await use("notes");
    await t.ask("one");
    t.driver.changedGuards = [join(notes, ".git/config")];
    expect((await t.ask("two")).state).toBe("done");
    expect(t.driver.launches.map(({ resume }) => resume)).toEqual([false, true]);
    expect((await t.ask("three")).state).toBe("done");
    expect(t.driver.launches).toHaveLength(2);
  });

  test("is not taken for another one behind a link of the same name", async () => {
    const notes = machine.directory("notes");
    await add(notes);
    await use("notes");
    renameSync(notes, `${notes}-moved`);
    symlinkSync(machine.directory("somewhere-else"), notes);
    expect((await failed("one")).errorCode).toBe("directory_gone");
    expect(t.driver.launches).toEqual([]);
    await expect(use("notes", false, other)).rejects.toMatchObject({ code: "directory_gone" });
  });

  test("in a project that was taken off the list says that; listed again, it goes on", async () => {
    const notes = machine.directory("notes");
    await add(notes);
    await use("notes");
    await t.ask("one");
    expect(t.core.projects.remove("notes")).toBe(true);
    expect(t.core.projects.remove("notes")).toBe(false);
    expect((await failed("two")).errorCode).toBe("project_removed");
    await expect(t.core.chats.newConversation(chat)).rejects.toMatchObject({ code: "project_removed" });
    await add(notes, { name: "other-name" });
    expect((await t.ask("three")).state).toBe("done");
    expect(t.driver.launches.at(-1)).toMatchObject({ cwd: notes, resume: true });
  });

  test("the chat's own workspace is made again", async () => {
    await t.ask("one");
    rmSync(machine.workspaces.ensure(chat), { recursive: true });
    expect((await t.ask("two")).state).toBe("done");
    expect(t.driver.launches[1]?.resume).toBe(true);
    expect(existsSync(t.driver.launches[1]?.cwd ?? "")).toBe(true);
  });
});

describe("a worktree", () => {
  test("is one per conversation, on a branch of its own, below the data directory", async () => {
    const app = machine.repository("app");
    await add(app);
    const first = await use("app", true);
    expect(first.branch).toMatch(/^steward\/main-[0-9a-f]{8}$/);
    expect(first.cwd.startsWith(join(machine.data, "worktrees", "cli", "main-"))).toBe(true);
    expect(git(first.cwd, "branch", "--show-current").trim()).toBe(first.branch);
    await t.ask("one");
    await t.core.chats.newConversation(chat);
    await t.ask("two");
    expect(cwds()[0]).toBe(first.cwd);
    expect(cwds()[1]).not.toBe(first.cwd);
    expect(git(app, "worktree", "list").trim().split("\n")).toHaveLength(3);
    expect(git(app, "status", "--porcelain")).toBe("");
  });

  test("begins at the last commit, and says what it leaves behind", async () => {
    const app = machine.repository("app");
    writeFileSync(join(app, "README.md"), "changed\n");
    await add(app);
    const { cwd, warnings } = await use("app", true);
    expect(warnings).toEqual(["uncommitted_changes"]);
    expect(readFileSync(join(cwd, "README.md"), "utf8")).toBe("first\n");
    expect(readFileSync(join(app, "README.md"), "utf8")).toBe("changed\n");
  });

  test.each([
    ["a plain directory", () => machine.directory("plain")],
    ["a bare repository", () => bare()],
    ["a repository without a commit", () => unborn()],
    ["a directory inside a repository", () => inside()],
  ])("of %s is refused in a clear sentence", async (_, make) => {
    await add(make(), { name: "it" });
    await expect(use("it", true)).rejects.toMatchObject({ code: "project_not_git" });
    expect((await use("it")).project).toBe("it");
  });

  test("without git on the machine is refused; the directory itself can be used", async () => {
    const app = machine.repository("app");
    const surroundings = { ...machine.surroundings, gitEnvironment: { PATH: machine.directory("empty") } };
    t = await startCore({ surroundings, workspaces: machine.workspaces });
    expect(await add(app)).toMatchObject({ isGit: true });
    await expect(use("app", true)).rejects.toMatchObject({ code: "git_missing" });
    expect((await use("app")).cwd).toBe(app);
  });

  test("runs nothing that the repository brings: no hook, no file system monitor, no filter", async () => {
    const app = machine.repository("app", {
      "README.md": "first\n",
      ".gitattributes": "*.md filter=evil=x\n",
    });
    const trap = join(machine.root, "trap");
    const script = join(app, "trap.sh");
    writeFileSync(script, `#!/bin/sh\ntouch ${trap}\ncat\n`);
    chmodSync(script, 0o755);
    for (const hook of ["post-checkout", "post-index-change", "reference-transaction"]) {
      writeFileSync(join(app, ".git", "hooks", hook), `#!/bin/sh\ntouch ${trap}\n`);
      chmodSync(join(app, ".git", "hooks", hook), 0o755);
    }
    git(app, "config", "core.fsmonitor", script);
    for (const kind of ["smudge", "clean"]) git(app, "config", `filter.evil=x.${kind}`, script);
    git(app, "config", "filter.evil=x.required", "true");
    rmSync(trap, { force: true });
    await add(app);
    const { cwd, conversationId } = await use("app", true);
    expect(readFileSync(join(cwd, "README.md"), "utf8")).toBe("first\n");
    await t.core.conversations.removeWorktree(chat, conversationId);
    expect(existsSync(trap)).toBe(false);
  });

  describe("that is to be removed", () => {
    const removal = (conversationId: string) => t.core.conversations.removeWorktree(chat, conversationId);

    test("goes when it is clean; its branch stays, and its conversation says what happened", async () => {
      const app = machine.repository("app");
      await add(app);
      const { cwd, branch, conversationId } = await use("app", true);
      await t.ask("one");
      writeFileSync(join(cwd, "new.txt"), "work");
      git(cwd, "add", "--all");
      git(cwd, "commit", "--quiet", "--message", "by the agent");
      expect(await removal(conversationId)).toEqual({ branch });
      expect(t.driver.sessions[0]?.alive).toBe(false);
      expect(existsSync(cwd)).toBe(false);
      expect(git(app, "show", `${branch}:new.txt`)).toBe("work");
      const turn = await t.ask("two");
      expect(turn).toMatchObject({ state: "failed", errorCode: "directory_gone" });
    });

    test.each([
      ["a new file", (cwd: string) => writeFileSync(join(cwd, "new.txt"), "work")],
      ["a change", (cwd: string) => writeFileSync(join(cwd, "README.md"), "changed\n")],
      [
        "a commit that is on no branch",
        (cwd: string) => {
          git(cwd, "checkout", "--quiet", "--detach");
          git(cwd, "commit", "--quiet", "--allow-empty", "--message", "adrift");
        },
      ],
    ])("stays with %s in it", async (_, change) => {
      await add(machine.repository("app"));
      const { cwd, conversationId } = await use("app", true);
      change(cwd);
      await expect(removal(conversationId)).rejects.toMatchObject({ code: "worktree_not_clean" });
      expect(existsSync(join(cwd, "README.md"))).toBe(true);
    });

    test("stays while a turn runs in it", async () => {
      await add(machine.repository("app"));
      const { cwd, conversationId } = await use("app", true);
      t.driver.script = (turn) => turn.delta("working");
      t.submit("long");
      await expect(removal(conversationId)).rejects.toMatchObject({ code: "chat_busy" });
      expect(existsSync(cwd)).toBe(true);
      await t.core.stop(0);
    });

    test("is none of a conversation without one", async () => {
      await t.ask("one");
      const id = t.core.chats.status(chat).conversation?.id ?? "";
      await expect(removal(id)).rejects.toMatchObject({ code: "worktree_none" });
    });
  });

  const bare = (): string => {
    const path = machine.directory("bare.git");
    git(path, "init", "--quiet", "--bare");
    return path;
  };
  const unborn = (): string => {
    const path = machine.directory("unborn");
    git(path, "init", "--quiet");
    return path;
  };
  const inside = (): string => {
    const path = join(machine.repository("app"), "packages");
    mkdirSync(path);
    return path;
  };
});
