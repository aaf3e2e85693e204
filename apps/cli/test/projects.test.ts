import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runSteward } from "./run-steward.ts";
import { useService } from "./service-fixture.ts";

const service = useService();
const { run } = service;
const project = (more: object = {}) => ({
  name: "app",
  path: "/srv/app",
  isGit: true,
  exists: true,
  chats: 2,
  createdAt: 0,
  ...more,
});

describe("project", () => {
  test("add sends an absolute path, also of a relative one", async () => {
    service.double.on("addProject", ({ body }) => ({ body: project({ path: body.path }) }));
    const { code, stdout, stderr } = await run("project", "add", "code/app", "--name", "app");
    expect(code).toBe(0);
    expect(stdout).toBe(`✓ app: ${join(service.home, "code/app")} (git)\n`);
    expect(stderr).toContain("steward project use app");
    expect(service.double.callsOf("addProject")[0]?.body).toEqual({
      path: join(service.home, "code/app"),
      name: "app",
      force: false,
    });
  });

  test("add called by npm counts from where npm was called", async () => {
    service.double.on("addProject", ({ body }) => ({ body: project({ path: body.path }) }));
    const env = { INIT_CWD: "/elsewhere" };
    await runSteward(["project", "add", "app", "--force"], {
      home: service.home,
      port: service.double.port,
      env,
    });
    expect(service.double.callsOf("addProject")[0]?.body).toMatchObject({
      path: "/elsewhere/app",
      force: true,
    });
  });

  test("a refusal is a sentence in the person's language", async () => {
    const refusal = { status: 422, body: { detail: "/ is the root", code: "project_path_private" } };
    service.double.on("addProject", () => refusal);
    expect(await run("project", "add", "/")).toMatchObject({ code: 1 });
    expect((await run("project", "add", "/")).stderr).toContain("/ is the root");
    const env = { LANG: "zh_CN.UTF-8" };
    const inChinese = await runSteward(["project", "add", "/"], {
      home: service.home,
      port: service.double.port,
      env,
    });
    expect(inChinese.stderr).toContain("该目录不能作为项目");
  });

  test("list shows what is there and what is gone", async () => {
    service.double.on("listProjects", () => ({
      body: [project(), project({ name: "old", exists: false, chats: 0 })],
    }));
    expect((await run("project")).stdout).toBe(
      ["NAME  KIND  CHATS  PATH", "app   git   2      /srv/app", "old   gone  0      /srv/app", ""].join(
        "\n",
      ),
    );
    service.double.on("listProjects", () => ({ body: [] }));
    expect((await run("project", "list")).stdout).toContain("steward project add PATH");
  });

  test("remove says when there is none", async () => {
    service.double.on("removeProject", ({ params }) => ({ body: { removed: params.name === "app" } }));
    expect(await run("project", "remove", "app")).toMatchObject({ code: 0 });
    expect(await run("project", "remove", "nothing")).toMatchObject({ code: 1 });
  });

  test("use chooses for a chat, with a worktree, or none, and passes warnings on", async () => {
    service.double.on("chooseProject", ({ body }) => ({
      body: {
        project: body.project,
        conversationId: "c",
        cwd: "/srv/app",
        branch: body.worktree === true ? "steward/x" : null,
        warnings: ["shared_directory"],
      },
    }));
    const { stdout, stderr } = await run("project", "use", "app", "--worktree", "--chat", "@123/-42/7");
    expect(stdout).toBe("✓ New conversation in /srv/app, on branch steward/x\n");
    expect(stderr).toContain("Another chat works in the same directory");
    await run("project", "use", "none");
    expect(service.double.callsOf("chooseProject").map(({ body }) => body)).toEqual([
      { botId: "123", chatId: "-42", threadId: "7", project: "app", worktree: true },
      { botId: "cli", chatId: "cli", threadId: "", project: null, worktree: false },
    ]);
    expect(await run("project", "use", "app", "--chat", "a/b/c/d")).toMatchObject({ code: 2 });
  });
});

describe("conversations", () => {
  const conversation = (id: string, more: object = {}) => ({
    id,
    title: "Beans",
    cwd: "/srv/app",
    project: null,
    branch: null,
    current: false,
    turns: 3,
    costUsd: 0,
    createdAt: 0,
    lastActiveAt: Date.UTC(2026, 10, 20, 12),
    ...more,
  });
  const FIRST = "0193f0a2-7c11-7000-8000-00000000002a";
  const SECOND = "0193f0a2-7c11-7000-8000-00000000003a";
  const both = [conversation(FIRST, { current: true }), conversation(SECOND, { title: null })];

  test("are listed, the current one marked", async () => {
    service.double.on("listConversations", () => ({ body: both }));
    expect((await run("conversations", "--chat", "work")).stdout).toBe(
      [
        "   ID        TITLE               TURNS  LAST USED         WORKS IN",
        "●  0000002a  Beans               3      2026-11-20 12:00  /srv/app",
        "   0000003a  (nothing said yet)  3      2026-11-20 12:00  /srv/app",
        "",
      ].join("\n"),
    );
    expect(service.double.callsOf("listConversations")[0]?.query).toMatchObject({
      botId: "cli",
      chatId: "work",
    });
  });

  test("resume takes the end of the id as it is listed", async () => {
    service.double.on("listConversations", () => ({ body: both }));
    service.double.on("selectConversation", () => ({ body: both[1] }));
    expect(await run("conversations", "resume", "0000003A", "--chat", "work")).toMatchObject({ code: 0 });
    expect(service.double.callsOf("selectConversation")[0]?.body).toEqual({
      botId: "cli",
      chatId: "work",
      threadId: "",
      conversationId: SECOND,
    });
  });

  test("an end that fits several, or none, is refused", async () => {
    service.double.on("listConversations", () => ({ body: both }));
    expect((await run("conversations", "resume", "a")).stderr).toContain("more of the id");
    expect((await run("conversations", "resume", "ffff")).stderr).toContain("no such conversation");
    expect(service.double.callsOf("selectConversation")).toEqual([]);
  });

  test("rename and remove-worktree", async () => {
    service.double.on("listConversations", () => ({ body: both }));
    service.double.on("renameConversation", ({ body }) => ({
      body: conversation(FIRST, { title: body.title }),
    }));
    service.double.on("removeWorktree", () => ({ body: { branch: "steward/x" } }));
    expect((await run("conversations", "rename", "2a", "My", "garden")).stdout).toContain("“My garden”");
    expect((await run("conversations", "remove-worktree", "2a")).stdout).toContain("steward/x");
    expect(service.double.callsOf("removeWorktree")[0]?.params).toEqual({ conversationId: FIRST });
  });
});
