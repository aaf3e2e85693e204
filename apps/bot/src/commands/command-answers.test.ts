import { systemSchema } from "@steward/contract/health";
import { POLICIES, type Policy, type PolicyName } from "@steward/contract/policies";
import type { RecalledNote, TurnSummary, TurnTrace } from "@steward/contract/turn-history";
import type { Usage } from "@steward/contract/usage";
import { describe, expect, test } from "vitest";
import { startCommands } from "../../test/command-rig.ts";
import { CHAT, conversationOf, statusOf, TURN } from "../../test/tiny-steward.ts";
import type { Steward } from "../steward/steward.ts";

const SECOND = "0193f0a2-7c11-7000-8000-00000000002b";

const turnOf = (more: Partial<TurnSummary> = {}): TurnSummary => ({
  ...CHAT,
  id: TURN,
  source: "telegram",
  state: "done",
  prompt: "sort my\ndownloads",
  errorCode: null,
  tools: 0,
  costUsd: 0.0123,
  model: "claude-sonnet-4-5",
  parked: false,
  receivedAt: 1_000,
  startedAt: 1_500,
  finishedAt: 9_000,
  ...more,
});

const policiesWith = (set: Partial<Record<PolicyName, unknown>>): Policy[] =>
  Object.entries(POLICIES).map(([name, { initial }]) => {
    const isSet = Object.hasOwn(set, name);
    return {
      name: name as PolicyName,
      value: isSet ? set[name as PolicyName] : initial,
      from: isSet ? "chat" : "initial",
      updatedAt: null,
      updatedBy: null,
    };
  });

const settingVerbs = (set: Partial<Record<PolicyName, unknown>> = {}) => {
  const asked: unknown[] = [];
  const verbs: Partial<Steward> = {
    policies: () => Promise.resolve(policiesWith(set)),
    setPolicy: (...args) => {
      asked.push(args);
      return Promise.resolve(policiesWith({})[0] as Policy);
    },
  };
  return { asked, verbs };
};

describe("/cancel", () => {
  test.each([
    [3, "en", "🗑 Dropped: 3. What runs goes on; /stop ends it."],
    [0, "en", "Nothing waits."],
    [3, "zh", "🗑 已丢弃 3 条。"],
  ] as const)("of %d that wait, in %s", async (count, language, words) => {
    const asked: unknown[] = [];
    const { run } = startCommands({
      release: (...args) => {
        asked.push(args);
        return Promise.resolve(count);
      },
    });
    expect((await run("cancel", { language }))?.text).toContain(words);
    expect(asked).toEqual([[CHAT, "drop_all"]]);
  });
});

describe("/queue", () => {
  const running = { turnId: TURN, state: "running" as const, startedAt: 0, prompt: "the first", tools: 0 };

  test("shows what runs and what waits, with a button for each", async () => {
    const answer = await startCommands({
      status: () => Promise.resolve(statusOf({ running, waiting: 2 })),
      turns: () => Promise.resolve([turnOf({ prompt: "second" }), turnOf({ id: SECOND, prompt: "third" })]),
    }).run("queue");
    expect(answer?.text).toContain("“the first”");
    expect(answer?.text).toContain("⏳ 2 queued\n1. “second”\n2. “third”");
    expect(answer?.buttons).toEqual(["⏹ Stop", "✖ 1", "✖ 2"]);
  });

  test("that is held can be let go; a long one is cut", async () => {
    const waiting = Array.from({ length: 13 }, () => turnOf());
    const answer = await startCommands({
      status: () => Promise.resolve(statusOf({ waiting: 13, held: true })),
      turns: () => Promise.resolve(waiting),
    }).run("queue");
    expect(answer?.text).toContain("💤 Nothing runs.");
    expect(answer?.text).toContain("… and 3 more");
    expect(answer?.buttons.slice(0, 2)).toEqual(["▶️ Run", "🗑 Drop"]);
    expect(answer?.buttons).toHaveLength(12);
  });

  test("of nothing has no buttons", async () => {
    const verbs = { status: () => Promise.resolve(statusOf()), turns: () => Promise.resolve([]) };
    const answer = await startCommands(verbs).run("queue", { language: "zh" });
    expect(answer).toEqual({ text: "💤 当前没有任务在运行。\n\n没有排队的消息。", buttons: [] });
  });
});

describe("/retry", () => {
  const start = (last: TurnSummary[], unanswered: TurnSummary[], busy = false) => {
    const asked: unknown[] = [];
    const rig = startCommands(
      {
        turns: (_address, only) => Promise.resolve(only === "ended" ? last : unanswered),
        retryTurn: (...args) => {
          asked.push(args);
          return Promise.resolve();
        },
      },
      { busy },
    );
    return { asked, ...rig };
  };
  const failed = turnOf({ state: "failed", errorCode: "model_overloaded" });

  test("runs the last turn again when it was not answered, once for one message", async () => {
    const { run, asked, said } = start([failed], [failed]);
    await run("retry");
    expect(asked).toEqual([[TURN, "retry", "telegram-5"]]);
    expect(said).toEqual([]);
  });

  test("asks about an earlier one", async () => {
    const { run, asked } = start([turnOf({ id: SECOND })], [failed]);
    const answer = await run("retry");
    expect(answer?.text).toContain("“sort my downloads”");
    expect(answer?.buttons).toEqual(["🔁 Retry"]);
    expect(asked).toEqual([]);
  });

  test("says that there is nothing, and waits for what runs", async () => {
    expect((await start([turnOf()], []).run("retry"))?.text).toContain("nothing to try again");
    expect((await start([failed], [failed], true).run("retry"))?.text).toContain("Not while something runs");
  });
});

describe("/resume", () => {
  const panic = { active: true, since: 1, by: "b/7", waiting: 3 };
  const conversations = () =>
    Promise.resolve([
      conversationOf({ title: "Beans", current: true }),
      conversationOf({ id: SECOND, title: "Fence" }),
    ]);
  const selecting = () => {
    const asked: string[] = [];
    const selectConversation: Steward["selectConversation"] = (_address, id) => {
      asked.push(id);
      return Promise.resolve(conversationOf({ title: "Fence" }));
    };
    return { asked, verbs: { conversations, selectConversation } };
  };

  test("lets everything run again while it is stopped, for an owner or admin", async () => {
    const verbs: Partial<Steward> = {
      panicStatus: () => Promise.resolve(panic),
      releasePanic: () => Promise.resolve({ ...panic, active: false, released: true }),
    };
    expect((await startCommands(verbs).run("resume"))?.text).toBe("▶️ Released. What waited runs now: 3.");
    const user = startCommands(verbs, { role: "user" });
    expect((await user.run("resume", { language: "zh" }))?.text).toContain("所有者或管理员");
  });

  test("lists earlier conversations", async () => {
    const answer = await startCommands({ conversations }).run("resume");
    expect(answer?.text).toContain("2. Fence");
    expect(answer?.buttons).toEqual(["1", "2"]);
  });

  test.each([["2"], [SECOND], [SECOND.slice(0, 36)]])("%s goes on with that one", async (args) => {
    const { asked, verbs } = selecting();
    await startCommands(verbs).run("resume", { args });
    expect(asked).toEqual([SECOND]);
  });

  test.each(["3", "0", "abc", "zzzz"])("%s is no conversation of this chat", async (args) => {
    const { asked, verbs } = selecting();
    expect((await startCommands(verbs).run("resume", { args }))?.text).toContain("no conversation");
    expect(asked).toEqual([]);
  });
});

describe("/mode", () => {
  test("shows the mode, who chose it, the risk, and marks it among the buttons", async () => {
    const { verbs } = settingVerbs({ permissionMode: "plan" });
    const answer = await startCommands(verbs).run("mode");
    expect(answer?.text).toContain("✋ Mode here: Plan only (for this chat).");
    expect(answer?.text).toContain("⚠️ “Bypass” runs everything without a question");
    expect(answer?.buttons).toEqual(["Ask first", "Edits without asking", "• Plan only", "Bypass"]);
  });

  test.each([
    ["ask", "default", "From now on: Ask first"],
    ["EDITS", "acceptEdits", "From now on: Edits without asking"],
    ["bypass", "bypassPermissions", "everything runs without a question"],
  ])("%s chooses in the person's name", async (args, value, words) => {
    const { asked, verbs } = settingVerbs();
    expect((await startCommands(verbs).run("mode", { args }))?.text).toContain(words);
    expect(asked).toEqual([[CHAT, "permissionMode", value, "77"]]);
  });

  test("anything else is no mode", async () => {
    const { asked, verbs } = settingVerbs();
    expect((await startCommands(verbs).run("mode", { args: "yolo" }))?.text).toContain("“yolo” is no mode");
    expect(asked).toEqual([]);
  });
});

describe("/verbose", () => {
  test("shows the levels, and the switch for thinking", async () => {
    const { verbs } = settingVerbs({ verbosity: 2 });
    const answer = await startCommands(verbs).run("verbose", { language: "zh" });
    expect(answer?.text).toContain("当前级别：2（此聊天）");
    expect(answer?.buttons).toEqual(["0", "1", "• 2", "💭 显示思考"]);
  });

  test("with a level sets it; with anything else says which there are", async () => {
    const { asked, verbs } = settingVerbs();
    const { run } = startCommands(verbs, { role: "user" });
    expect((await run("verbose", { args: "0" }))?.text).toContain("level 0");
    expect((await run("verbose", { args: "9" }))?.text).toBe("There are the levels 0, 1 and 2.");
    expect(asked).toEqual([[CHAT, "verbosity", 0, "77"]]);
  });
});

test("/settings shows what is set and by whom, what is not, and opens the common ones", async () => {
  const { verbs } = settingVerbs({ permissionMode: "plan", allowRules: ["Bash(git status)"] });
  const answer = await startCommands(verbs).run("settings");
  expect(answer?.text).toContain("• permissionMode = Plan only (for this chat)");
  expect(answer?.text).toContain('• allowRules = ["Bash(git status)"] (for this chat)');
  expect(answer?.text).toContain("verbosity");
  expect(answer?.buttons).toEqual(["✋ Mode", "🧠 Model", "🔎 Level of detail"]);
});

describe("/cost", () => {
  const figures = { turns: 4, inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheCreationTokens: 0 };
  const usage: Steward["usage"] = ({ chat }) => {
    const costUsd = chat === null ? 10 : 1;
    const rows = [
      { key: "2026-01-01", ...figures, costUsd: costUsd / 4 },
      { key: "2026-01-02", ...figures, costUsd: (costUsd * 3) / 4 },
    ];
    return Promise.resolve({
      from: 0,
      to: 0,
      by: "day",
      rows,
      total: { ...figures, costUsd },
    } satisfies Usage);
  };
  const start = (set: Partial<Record<PolicyName, unknown>>, role: "owner" | "user") =>
    startCommands({ usage, policies: () => Promise.resolve(policiesWith(set)) }, { role });

  test("tells today and the month, the caps and who set them; the whole bot to whoever manages it", async () => {
    const { run, clock } = start({ maxUsdPerDay: 5 }, "owner");
    expect(new Date(clock.now()).toISOString()).toContain("2026-01-02");
    const text = (await run("cost"))?.text ?? "";
    expect(text).toContain("💰 This chat: $0.75 today, $1.00 this month (4 turns)");
    expect(text).toContain("🤖 The whole bot: $7.50 today, $10.00 this month");
    expect(text).toContain("🧢 At most $5.00 a day (for this chat)");
  });

  test("tells nobody else about other chats", async () => {
    const text = (await start({}, "user").run("usage"))?.text ?? "";
    expect(text).not.toContain("🤖");
    expect(text).toContain("No limit is set");
  });
});

describe("/compact and /context", () => {
  test.each(["compact", "context"])(
    "/%s is Claude Code's: it is passed on, once for one message",
    async (name) => {
      const asked: unknown[] = [];
      const { run, said } = startCommands({
        runCommand: (body, key) => {
          asked.push([body.name, body.args, body.userId, body.messageId, key]);
          return Promise.resolve({ kind: "turn", turnId: TURN });
        },
      });
      await run(name, { args: "the plan" });
      expect(asked).toEqual([[name, "the plan", "77", 9, "telegram-5"]]);
      expect(said).toEqual([]);
    },
  );

  test("that the chat may not use is told so", async () => {
    expect((await startCommands().run("compact"))?.text).toContain("cliCommands");
  });
});

describe("own commands", () => {
  const own = [
    {
      name: "deploy",
      description: "Ship *it*",
      hint: "[where]",
      role: "owner" as const,
      kind: "program" as const,
    },
    { name: "look", description: "Look it up", hint: null, role: "user" as const, kind: "prompt" as const },
  ];
  const ran = { kind: "ran" as const, exitCode: 0, timedOut: false, output: "done\n", cut: false, ms: 1_234 };

  test("stand in /help for whom they are", async () => {
    const owner = (await startCommands({}, { own }).run("help"))?.text ?? "";
    expect(owner).toContain("/deploy [where] – Ship *it*");
    expect(owner).toContain("/look – Look it up");
    expect(owner).toContain("Passed on to Claude Code: /review");
    const user = (await startCommands({}, { own, role: "user" }).run("help"))?.text ?? "";
    expect(user).not.toContain("/deploy");
    expect(user).toContain("/look");
  });

  test.each([
    [ran, "✅ /deploy · 1.2 s\n\ndone"],
    [{ ...ran, exitCode: 3, output: "" }, "⚠️ /deploy · 1.2 s · exit code 3\n(no output)"],
    [{ ...ran, exitCode: null, timedOut: true }, "it took too long and was ended"],
    [{ ...ran, exitCode: null, cut: true, output: "x".repeat(9_000) }, "… (there was more)"],
    [{ kind: "unclear" as const }, "It is not run again by itself"],
  ])("that ran as %j say so", async (outcome, words) => {
    const { run } = startCommands({ runCommand: () => Promise.resolve(outcome) }, { own });
    const text = (await run("deploy"))?.text ?? "";
    expect(text).toContain(words);
    expect(text.length).toBeLessThanOrEqual(4_096);
  });

  test("are meant by a slip of the finger, like Claude Code's", async () => {
    const { run } = startCommands({}, { own });
    expect((await run("depoly"))?.text).toContain("/deploy?");
    expect((await run("reviwe"))?.text).toContain("/review?");
    expect((await startCommands({}, { own, role: "user" }).run("depoly"))?.text).not.toContain("/deploy?");
  });
});

describe("/away and /back", () => {
  const since = Date.UTC(2026, 0, 2, 3, 4);
  const back = (missed: Awaited<ReturnType<Steward["setAway"]>>["missed"], at: number | null = since) =>
    startCommands({ setAway: () => Promise.resolve({ away: false, since: at, missed }) });
  const counts = { answered: 1, unanswered: 2, questions: 1, more: 4 };

  test("says what away means", async () => {
    const { run } = startCommands({
      setAway: (_address, away) => Promise.resolve({ away, since, missed: null }),
    });
    expect((await run("away"))?.text).toContain("questions wait a day");
  });

  test("tells what was missed", async () => {
    const messages = [
      { role: "user" as const, text: "build it" },
      { role: "assistant" as const, text: "It\nis built." },
    ];
    expect((await back({ ...counts, messages }).run("back"))?.text).toBe(
      "☀️ Welcome back. Since 2026-01-02 03:04 UTC: answered 1, not answered 2, questions that wait 1.\n\n(and 4 messages before these)\n• You: build it\n• Claude: It is built.",
    );
  });

  test("tells that nothing was, and that nobody was away", async () => {
    const nothing = { answered: 0, unanswered: 0, questions: 0, more: 0, messages: [] };
    expect((await back(nothing).run("back"))?.text).toContain("Nothing happened since");
    expect((await back(null, null).run("back", { language: "zh" }))?.text).toBe("您并没有处于离开模式。");
  });
});

describe("/export", () => {
  const message = { role: "user" as const, text: "hi", at: 0, userName: "Ada", turnId: TURN };
  const exported = {
    conversation: conversationOf({ title: "Beans" }),
    messages: [message, { ...message, role: "assistant" as const, text: "hello", userName: null }],
    complete: true,
  };

  test("sends the conversation as Markdown and as JSON", async () => {
    const { run, files } = startCommands({ exportConversation: () => Promise.resolve(exported) });
    expect((await run("export"))?.text).toBe("📦 2 messages, as Markdown and as JSON.");
    expect(files.map(({ name }) => name)).toEqual(["conversation.md", "conversation.json"]);
    expect(await files[0]?.content.text()).toBe(
      "# Beans\n\n## Ada · 1970-01-01T00:00:00.000Z\n\nhi\n\n## Claude · 1970-01-01T00:00:00.000Z\n\nhello\n",
    );
    expect(JSON.parse((await files[1]?.content.text()) ?? "")).toEqual(exported);
  });

  test("of nothing sends nothing", async () => {
    const { run, files } = startCommands({ exportConversation: () => Promise.resolve(null) });
    expect((await run("export"))?.text).toContain("nothing to export");
    expect(files).toEqual([]);
  });
});

describe("/trace and /why", () => {
  const trace: TurnTrace = {
    turn: turnOf({ tools: 3 }),
    attempt: 1,
    logKept: true,
    deliveries: [],
    recalls: [],
    files: [],
    hops: [
      { at: 1_000, hop: "sent", detail: "" },
      { at: 1_400, hop: "stored", detail: "telegram" },
      { at: 2_000, hop: "tool", detail: "Bash ls -la" },
      { at: 2_500, hop: "tool", detail: "Bash pwd" },
      { at: 3_000, hop: "tool", detail: "Read a.ts" },
      { at: 126_000, hop: "delivered", detail: "" },
    ],
  };
  const start = (answer: TurnTrace | null) => {
    const asked: unknown[] = [];
    const rig = startCommands({
      trace: (_address, messageId) => {
        asked.push(messageId);
        return Promise.resolve(answer);
      },
    });
    return { asked, ...rig };
  };

  test("tell of the message that was replied to, else of the last", async () => {
    const { run, asked } = start(trace);
    await run("trace", { replyToMessageId: 31 });
    await run("why");
    expect(asked).toEqual([31, null]);
  });

  test("/trace shows each step and when it was", async () => {
    const lines = (await start(trace).run("trace"))?.text.split("\n") ?? [];
    expect(lines[0]).toBe("🧭 “sort my downloads”");
    expect(lines[1]).toBe(`1970-01-01 00:00:01 UTC · turn ${TURN}`);
    expect(lines.slice(3)).toEqual([
      "+0.0 s 📤 sent",
      "+0.4 s 📥 stored · telegram",
      "+1.0 s 🔧 tool · Bash ls -la",
      "+1.5 s 🔧 tool · Bash pwd",
      "+2.0 s 🔧 tool · Read a.ts",
      "+2:05 min ✅ delivered",
    ]);
  });

  test("/trace of a long way fits a message", async () => {
    const hops = Array.from({ length: 500 }, (_, at) => ({
      at,
      hop: "tool" as const,
      detail: "x".repeat(200),
    }));
    const text = (await start({ ...trace, hops, logKept: false }).run("trace"))?.text ?? "";
    expect(text).toContain("… 470 more steps …");
    expect(text).toContain("dropped for their age");
    expect(text.length).toBeLessThanOrEqual(4_096);
  });

  const note: RecalledNote = {
    memoryId: 3,
    key: "editor",
    content: "Ada writes with helix",
    mode: "lexical",
    score: 1,
    now: "same",
    origin: "person",
    userName: "Ada",
    messageId: 9,
    turnId: null,
    at: Date.UTC(2026, 10, 20),
  };

  test("/why tells model, cost and tools, and that no notes were added", async () => {
    const text = (await start(trace).run("why"))?.text;
    expect(text).toBe(
      "🔍 “sort my downloads”\n🧠 Answered by claude-sonnet-4-5\n💰 Cost: $0.0123\n🔧 Tools: Bash ×2, Read\n" +
        "📚 No notes were added to this message. What came before in the conversation was still there.",
    );
  });

  test("/why tells each note with its source, and offers to forget it", async () => {
    const recalls: RecalledNote[] = [
      note,
      {
        ...note,
        memoryId: 4,
        key: "tone",
        content: "Be brief",
        mode: "pinned",
        now: "changed",
        origin: "agent",
      },
      { ...note, memoryId: 5, key: "secret", content: "", now: "forgotten" },
      { ...note, memoryId: null, content: "x".repeat(90), mode: "context", now: null },
    ];
    const message = await start({ ...trace, recalls, files: ["plan.pdf"] }).run("why");
    expect(message?.text.split("\n").slice(4)).toEqual([
      "📎 Files: plan.pdf",
      "📚 Before your words stood these notes:",
      "• editor: Ada writes with helix (fits by its words · Ada · 2026-11-20)",
      "• tone: Be brief (pinned · kept by Claude · 2026-11-20 · changed since)",
      "• secret (forgotten since)",
      "• the shared notes file (90 characters)",
    ]);
    expect(message?.buttons).toEqual(["🗑 Forget “editor”", "🗑 Forget “tone”"]);
  });

  test("/trace says that notes were added", async () => {
    expect((await start({ ...trace, recalls: [note] }).run("trace"))?.text).toContain(
      "1 notes were added to it: /why",
    );
  });

  test("nothing is known of other messages", async () => {
    expect((await start(null).run("trace", { language: "zh" }))?.text).toContain("没有可查的轮次");
  });
});

describe("/doctor", () => {
  const system = systemSchema.parse({
    version: "1.0.0",
    mode: "live",
    startedAt: 0,
    cli: { found: true, path: "/c", version: "2.1.197", source: "path", login: "claude.ai", problem: null },
    sandbox: { setting: "auto", active: true, problem: null, message: null },
    sessions: { live: 1, max: 4, queued: 0 },
    passedOver: { badLines: 0, oversizeLines: 0, unknownEvents: 0, unknownTypes: [] },
    holds: [],
  });
  const start = (more: Partial<Steward> = {}, role: "owner" | "user" = "owner") =>
    startCommands(
      {
        system: () => Promise.resolve(system),
        readiness: () => Promise.resolve({ status: "ready", components: [{ name: "database", ok: true }] }),
        bots: () => Promise.resolve([]),
        ...more,
      },
      { role },
    );

  test("says that all is well", async () => {
    const text = (await start().run("doctor"))?.text ?? "";
    expect(text).toContain("✅ Everything is fine.");
    expect(text).toContain("Steward 1.0.0, Claude Code 2.1.197");
  });

  test("tells each trouble with what to do", async () => {
    const bot = { id: "1", kind: "telegram", username: "b", state: "conflict", stateDetail: "409" } as const;
    const { run } = start({
      system: () =>
        Promise.resolve({
          ...system,
          cli: { ...system.cli, login: null },
          holds: [{ kind: "panic", until: null, since: 0, by: "x" }],
          sandbox: { setting: "auto", active: false, problem: "missing", message: "no bwrap" },
          deadDeliveries: 1,
          commandProblems: [{ file: "x.md", problem: "no description" }],
        }),
      readiness: () =>
        Promise.resolve({ status: "failing", components: [{ name: "disk", ok: false, detail: "full" }] }),
      bots: () => Promise.resolve([{ ...bot, stateAt: 0, ackedThrough: null }]),
    });
    const text = (await run("doctor"))?.text ?? "";
    for (const words of [
      "What needs you: 7",
      "not logged in",
      "/resume",
      "🔴 disk: full",
      "@b: conflict (409)",
      "steward deliveries --dead",
      "no bwrap",
      "x.md: no description",
    ])
      expect(text).toContain(words);
  });

  test("is for owner and admins", async () => {
    expect((await start({}, "user").run("doctor"))?.text).toContain("owner and admins");
  });
});
