import type { ChatStatus } from "@steward/contract/chats";
import { createFakeClock } from "@steward/platform/clock";
import { describe, expect, test } from "vitest";
import { startCommands as start } from "../../test/command-rig.ts";
import { BOT, CHAT, conversationOf, statusOf, TURN } from "../../test/tiny-steward.ts";
import { COMMAND_TABLE } from "./command-table.ts";

describe("commands", () => {
  test("/start welcomes and says what to try; /help lists every command of the table", async () => {
    const { run } = start();
    expect((await run("start"))?.text).toContain("/help");
    const help = (await run("help"))?.text ?? "";
    const inGroup = (await run("help", { isGroup: true }))?.text ?? "";
    for (const { name, scope } of COMMAND_TABLE) {
      if (scope !== "group") expect(help).toContain(`• /${name} `);
      if (scope !== "private") expect(inGroup).toContain(`• /${name} `);
    }
  });

  test("they speak the person's language", async () => {
    expect((await start().run("help", { language: "zh" }))?.text).toContain("开始新对话");
  });

  test("/new says what it goes on without", async () => {
    const answer = { conversationId: "c", archivesGivenUp: ["/data/archive/1/a.tar.gz"] };
    const { run } = start({ newConversation: () => Promise.resolve(answer) });
    const text = (await run("new"))?.text;
    expect(text).toContain("goes on without them");
    expect(text).toContain("/data/archive/1/a.tar.gz");
  });

  test("/new starts a new conversation, then says so", async () => {
    const asked: unknown[] = [];
    const { run } = start({
      newConversation: (address) => {
        asked.push(address);
        return Promise.resolve({ conversationId: "c" });
      },
    });
    expect((await run("new"))?.text).toContain("New conversation");
    expect(asked).toEqual([CHAT]);
  });

  test.each([
    [
      { stopped: true, turnId: TURN, waiting: 0 },
      // The turn's own message says so.
      undefined,
    ],
    [
      { stopped: false, turnId: null, waiting: 0 },
      { text: "Nothing is running.", buttons: [] },
    ],
    [
      { stopped: true, turnId: TURN, waiting: 2 },
      { text: "2 queued, on hold.", buttons: ["▶️ Run", "🗑 Drop"] },
    ],
    [
      { stopped: false, turnId: null, waiting: 1 },
      { text: "1 queued, on hold.", buttons: ["▶️ Run", "🗑 Drop"] },
    ],
  ])("/stop answered %j", async (answer, expected) => {
    expect(await start({ stop: () => Promise.resolve(answer) }).run("stop")).toEqual(expected);
  });

  test("/panic asks in the person's name and tells what came of it", async () => {
    const asked: string[] = [];
    const panic = { active: true, since: 1, by: "b/7", waiting: 3, stopped: 2, ended: 4 };
    const { run } = start({
      panic: (userId) => {
        asked.push(userId);
        return Promise.resolve(panic);
      },
    });
    expect((await run("panic"))?.text).toContain("2 running, 3 waiting");
    expect(asked).toEqual(["77"]);
  });

  test("an unknown command gets the nearest one, or the list", async () => {
    const { run } = start();
    expect((await run("stauts"))?.text).toContain("/status?");
    expect((await run("weather"))?.text).toBe("I do not know /weather. /help lists what I know.");
  });
});

describe("/model", () => {
  const models = () =>
    Promise.resolve({
      seenAt: 0,
      models: [
        { name: "default", title: "Default (recommended)" },
        { name: "opus[1m]", title: "Opus" },
        { name: "haiku", title: "Haiku" },
        { name: `x${"y".repeat(70)}`, title: "too long for a button" },
      ],
    });

  test("says which model answers, who said so, and offers the others", async () => {
    const chatModel = () => Promise.resolve({ model: "haiku", from: "bot" as const });
    expect(await start({ models, chatModel }).run("model")).toEqual({
      text: "🧠 haiku answers here (chosen for this bot).\nPress one, or write /model and a name; /model default goes back.",
      buttons: ["Default", "Opus", "Haiku"],
    });
  });

  test.each([
    ["haiku", "haiku", "🧠 From your next message on haiku answers here."],
    ["default", null, "🧠 From your next message on the default answers here again."],
  ])("/model %s chooses", async (args, chosen, said) => {
    const asked: unknown[] = [];
    const { run } = start({
      chooseModel: (address, model) => {
        asked.push([address, model]);
        return Promise.resolve({ model, from: "chat" });
      },
    });
    expect((await run("model", { args }))?.text).toBe(said);
    expect(asked).toEqual([[CHAT, chosen]]);
  });

  test("a name that cannot be one is not even asked for", async () => {
    expect((await start().run("model", { language: "zh", args: "--help me" }))?.text).toContain(
      "不是有效的模型名称",
    );
  });
});

describe("/status", () => {
  const clock = createFakeClock();
  const say = async (more: Partial<ChatStatus>) =>
    await start({ status: () => Promise.resolve(statusOf({ botId: BOT, ...more })) }).run("status");

  test("a new chat", async () => {
    expect((await say({}))?.text).toBe("💤 Nothing is running\n\n💬 New conversation");
  });

  test("a warm session with a past", async () => {
    const conversation = { id: "c", title: null, cwd: "/w", createdAt: 0, turns: 12, costUsd: 0.4179 };
    const session = { state: "ready" as const, pid: 1, lastActiveAt: 0, model: "claude-sonnet-4-5" };
    expect((await say({ conversation, session }))?.text).toBe(
      "🟢 Ready, the session is warm\n\n💬 Turns in this conversation: 12 · $0.42\n🧠 Model: claude-sonnet-4-5",
    );
  });

  test("a turn at work, with others waiting", async () => {
    const startedAt = clock.now() - 102_000;
    const prompt = `Tidy\n\nup ${"very ".repeat(40)}\u202ewell`;
    const running = { turnId: TURN, state: "running" as const, startedAt, prompt, tools: 3 };
    const text = (await say({ running, waiting: 2 }))?.text ?? "";
    const [headline, quote, queue] = text.split("\n");
    expect(headline).toBe("⚙️ Working · 1:42 · tools: 3");
    expect(quote).toMatch(/^“Tidy up very very .*…”$/);
    expect([...(quote ?? "")].length).toBeLessThanOrEqual(82);
    expect(queue).toBe("⏳ 2 queued");
  });

  test("a held queue can be let go from here", async () => {
    const answer = await say({ waiting: 2, held: true });
    expect(answer?.text).toContain("⏸ 2 queued, on hold");
    expect(answer?.buttons).toEqual(["▶️ Run", "🗑 Drop"]);
  });
});

describe("/project", () => {
  const projects = [
    { name: "app", path: "/srv/app", isGit: true, exists: true, chats: 0, createdAt: 0 },
    { name: "old", path: "/srv/old", isGit: false, exists: false, chats: 0, createdAt: 0 },
  ];

  test("lists what there is, with a button for each that is still there", async () => {
    const answer = await start({ projects: () => Promise.resolve(projects) }).run("project");
    expect(answer?.text).toContain("🌿 app – /srv/app\n📁 old – /srv/old (its directory is gone)");
    expect(answer?.buttons).toEqual(["🏠 Own workspace", "app"]);
  });

  test("says how to list one when there is none", async () => {
    const answer = await start({ projects: () => Promise.resolve([]) }).run("project");
    expect(answer?.text).toContain("project add");
  });

  test.each([
    ["app", { project: "app", worktree: false }],
    ["app worktree", { project: "app", worktree: true }],
    ["none", { project: null, worktree: false }],
  ])("with %j chooses, in the name of who asks", async (args, choice) => {
    const asked: unknown[] = [];
    const { run } = start({
      chooseProject: (_, given) => {
        asked.push(given);
        return Promise.resolve({
          project: given.project,
          conversationId: TURN,
          cwd: "/srv/app",
          branch: given.worktree ? "steward/77-1" : null,
          warnings: given.worktree ? ["uncommitted_changes"] : [],
        });
      },
    });
    const text = (await run("project", { args }))?.text ?? "";
    expect(asked).toEqual([{ ...choice, userId: "77" }]);
    expect(text).toContain("/sessions");
    expect(text.includes("steward/77-1")).toBe(choice.worktree);
    expect(text.includes("⚠️")).toBe(choice.worktree);
  });
});

describe("/sessions", () => {
  test("numbers the last conversations, a button for each", async () => {
    const now = createFakeClock().now();
    const answer = await start({
      conversations: () =>
        Promise.resolve([
          conversationOf({ title: "Beans", current: true, turns: 3, lastActiveAt: now - 5 * 60_000 }),
          conversationOf({ title: "Fe\u202ence\nnow", project: "app", lastActiveAt: now - 49 * 3_600_000 }),
        ]),
    }).run("sessions");
    expect(answer?.text.split("\n").slice(2)).toEqual([
      "1. Beans · 5 min ago · turns: 3 ← current",
      "2. Fence now · 2 d ago · turns: 1 · 📁 app",
    ]);
    expect(answer?.buttons).toEqual(["1", "2"]);
  });

  test("of a new chat are none", async () => {
    const answer = await start({ conversations: () => Promise.resolve([]) }).run("sessions", {
      language: "zh",
    });
    expect(answer?.text).toContain("还没有对话");
  });
});

describe("the command desk", () => {
  test.each([
    ["cron", "does not exist yet"],
    ["Tasks", "does not exist yet"],
  ])("/%s is told apart from a slip of the finger", async (name, words) => {
    expect((await start().run(name))?.text).toContain(words);
  });

  test("other words for a command, and capitals, mean the command", async () => {
    const { run } = start({ newConversation: () => Promise.resolve({ conversationId: "c" }) });
    expect((await run("RESET"))?.text).toContain("New conversation");
  });

  test.each(["user", null] as const)(
    "what is for owner and admins, %s may not, and is not shown",
    async (role) => {
      const { run } = start({}, { role });
      expect((await run("panic"))?.text).toBe("/panic is for this bot's owner and admins.");
      expect((await run("help"))?.text).not.toContain("/panic ");
      expect((await run("panicc"))?.text).toBe("I do not know /panicc. /help lists what I know.");
    },
  );

  test("/whoami shows what access goes by", async () => {
    const text = (await start({}, { role: "admin" }).run("whoami", { address: { ...CHAT, threadId: "5" } }))
      ?.text;
    expect(text).toBe("👤 Ada (77)\n🔑 Role: admin\n💬 Chat: 77\n🧵 Topic: 5\n🤖 Bot: 4242");
  });
});
