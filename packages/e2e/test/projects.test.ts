import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { getChatStatus } from "@steward/contract/chats";
import { listConversations } from "@steward/contract/conversations";
import { setPolicy } from "@steward/contract/policies";
import { addProject } from "@steward/contract/projects";
import type { Bot, TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { Rig } from "../src/rig.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: cwd, GIT_CONFIG_NOSYSTEM: "1" },
  });

describe.each(cliVersions())("projects on the $name", ({ path }) => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let bot: Bot;
  let rig: Rig;
  let ada: TelegramChat;
  let bob: TelegramChat;
  let project: string;

  beforeAll(async () => {
    telegram = await startTelegramRig({ cli: path });
    ({ emulator, rig, bot } = telegram);
    ada = await telegram.pair();
    bob = await telegram.pair();
    project = join(realpathSync(dirname(rig.home)), "garden");
    mkdirSync(project);
    git(project, "init", "--quiet", "--initial-branch=main");
    writeFileSync(join(project, "plan.txt"), "beans\n");
    git(project, "add", "--all");
    git(project, "commit", "--quiet", "--message", "plan");
    await rig.client().call(addProject, { body: { path: project } });
    await rig.client().call(setPolicy, { body: { name: "permissionMode", value: "acceptEdits" } });
  });
  afterAll(() => telegram.close());

  const address = (chat: TelegramChat) => ({
    botId: String(bot.id),
    chatId: String(chat.person.id),
    threadId: "",
  });
  const current = async (chat: TelegramChat) => {
    const { conversation } = await rig.client().call(getChatStatus, { query: address(chat) });
    if (conversation === null) throw new Error("the chat has no conversation");
    return conversation;
  };

  test("a chat bound to a git project works in a worktree of its own; everything else stays untouched", async () => {
    await ada.exchange("SAY:the code word is walnut", "walnut");
    const own = (await current(ada)).cwd;
    await bob.exchange("SAY:hello from bob", "hello from bob");
    const command = ada.seat.sendCommand("project", "garden worktree");
    await ada.said("steward/", command);
    const { cwd } = await current(ada);
    const file = join(cwd, "plan.txt");
    const read = `TOOL:Read:${JSON.stringify({ file_path: file })}`;
    const edit = `TOOL:Edit:${JSON.stringify({ file_path: file, old_string: "beans", new_string: "peas" })}`;
    await ada.exchange(`${read}\n${edit}\nSAY:changed the plan`, "changed the plan");

    expect(readFileSync(file, "utf8")).toBe("peas\n");
    expect(readFileSync(join(project, "plan.txt"), "utf8")).toBe("beans\n");
    expect(git(project, "status", "--porcelain")).toBe("");
    expect(git(cwd, "diff", "--name-only")).toBe("plan.txt\n");
    const theirs = (await current(bob)).cwd;
    expect(new Set([own, cwd, theirs, project]).size).toBe(4);
    for (const workspace of [own, theirs]) {
      // Steward's own: folders for what comes and goes, and the sandbox's placeholders while a session is awake.
      const made = ["files", "outbox", ".claude", ".mcp.json", ".envrc", ".vscode", ".idea"];
      const tree = readdirSync(workspace, { recursive: true, encoding: "utf8" });
      expect(tree.filter((path) => !made.includes(path) && !path.startsWith(".claude/"))).toEqual([]);
    }
    emulator.assertNoViolations();
  });

  test("a conversation chosen from the list has its context and its directory, and so has the next one", async () => {
    const inProject = await current(ada);
    const asked = ada.seat.sendCommand("sessions");
    const list = await ada.said("1. ", asked);
    expect(list.text).toContain("2. SAY:the code word is walnut");
    const pressed = ada.seat.pressButton(list, "2");
    expect(pressed).toBeDefined();
    await ada.said("Going on with", list);
    expect(await ada.exchange("RECALL", "walnut")).not.toContain("changed the plan");
    const before = await current(ada);
    expect(before.cwd).not.toBe(inProject.cwd);

    const again = ada.seat.sendCommand("sessions");
    const second = await ada.said("1. ", again);
    ada.seat.pressButton(second, "2");
    await ada.said("Going on with", second);
    expect(await ada.exchange("RECALL", "changed the plan")).not.toContain("walnut");
    expect((await current(ada)).cwd).toBe(inProject.cwd);
    const all = await rig.client().call(listConversations, { query: address(ada) });
    expect(all.map(({ turns }) => turns)).toEqual([2, 2]);
    emulator.assertNoViolations();
  });

  test("Steward's own checkout is none: what an agent changed there would run outside, and its .env lies there", async () => {
    const checkout = resolve(import.meta.dirname, "../../..");
    for (const place of [checkout, join(checkout, "packages"), dirname(checkout)]) {
      const adding = rig.client().call(addProject, { body: { path: place, name: "own", force: true } });
      await expect(adding).rejects.toMatchObject({ code: "project_path_private" });
    }
  });

  test("a directory that has gone is told with the next step, and found again when it is back", async () => {
    const command = ada.seat.sendCommand("project", "garden");
    await ada.said("New conversation in garden", command);
    await ada.exchange("SAY:planted", "planted");
    renameSync(project, `${project}-away`);
    const gone = await ada.said("/project", ada.seat.sendText("SAY:never said"));
    expect(gone.text).toContain(project);
    expect(gone.text).not.toContain("ENOENT");
    renameSync(`${project}-away`, project);
    expect(await ada.exchange("RECALL", "planted")).not.toContain("walnut");
    emulator.assertNoViolations();
  });
});
