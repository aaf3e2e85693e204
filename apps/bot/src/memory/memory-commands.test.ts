import { ApiError } from "@steward/client/api-error";
import type { MemoryChangeRecord, MemoryRecord } from "@steward/contract/memory-records";
import { describe, expect, test } from "vitest";
import { startCommands } from "../../test/command-rig.ts";
import { CHAT, deliveryOf } from "../../test/tiny-steward.ts";
import type { ButtonPress } from "../callbacks/press-button.ts";
import type { Steward } from "../steward/steward.ts";
import { memoryKeyboard } from "./memory-keyboard.ts";
import { createPressMemory } from "./press-memory.ts";

const memory = (more: Partial<MemoryRecord> = {}): MemoryRecord => ({
  ...{ id: 12, botId: CHAT.botId, chatId: CHAT.chatId, key: "port", content: "8080", category: "general" },
  ...{ state: "accepted", pinned: false, expiresAt: null, origin: "person" },
  ...{ sourceMessageId: null, sourceTurnId: null, sourceUserId: "77", sourceUserName: "Ada" },
  ...{ createdAt: 1_760_000_000_000, updatedAt: 1_760_000_000_000 },
  ...more,
});
const change = (more: Partial<MemoryChangeRecord> = {}): MemoryChangeRecord => ({
  ...{ id: 5, memoryId: 12, action: "deleted", before: memory(), after: null, origin: "person" },
  ...{ userId: "77", userName: "Ada", turnId: null, undoneBy: null, at: 0 },
  ...more,
});

describe("/memory", () => {
  test("lists what is remembered, with source, date and buttons; five on a page", async () => {
    const memories = [
      memory({ pinned: true }),
      memory({ id: 13, key: "I live in", content: "I live in Berlin", state: "proposed", origin: "agent" }),
      memory({ id: 14, chatId: "", sourceUserName: null, origin: "client", expiresAt: 1_770_000_000_000 }),
      memory({ id: 15, key: "conversation", content: "A boat.", origin: "summary", category: "summary" }),
    ];
    const page = { memories, next: "x", total: 11 };
    const { run } = startCommands({ memories: () => Promise.resolve(page) });
    const answer = await run("memory");
    expect(answer?.text).toBe(
      [
        "🧠 What I remember here: 11",
        "#12 📌 port: 8080\n   Ada · 2025-10-09",
        "#13 ❓ proposed: I live in Berlin\n   Claude · 2025-10-09",
        "#14 port: 8080\n   another program · 2025-10-09 · for all chats of this bot · until 2026-02-02",
        "#15 conversation: A boat.\n   a summary · 2025-10-09 · summary",
      ].join("\n\n"),
    );
    expect(answer?.buttons).toEqual([
      ...["📍 Unpin #12", "🗑 Forget #12", "✅ Accept #13", "🚫 Reject #13", "📌 Pin #14", "🗑 Forget #14"],
      ...["📌 Pin #15", "🗑 Forget #15"],
      "More ▶️",
    ]);
  });

  test("says so when there is nothing, in both languages", async () => {
    const none = { memories: () => Promise.resolve({ memories: [], next: null, total: 0 }) };
    expect((await startCommands(none).run("memory"))?.text).toContain("I remember nothing here yet");
    const chinese = await startCommands(none).run("memory", { language: "zh" });
    expect(chinese).toEqual({ text: expect.stringContaining("还没有记住任何内容"), buttons: [] });
  });
});

describe("/remember", () => {
  const start = (answer: Partial<Awaited<ReturnType<Steward["remember"]>>> = {}) => {
    const asked: unknown[] = [];
    const rig = startCommands({
      remember: (_who, words, key) => {
        asked.push([words, key]);
        const usual = { outcome: "remembered" as const, memory: memory(), change: change(), existing: null };
        return Promise.resolve({ ...usual, ...answer });
      },
    });
    return { ...rig, asked };
  };

  test("keeps what stands after it, once, with Undo", async () => {
    const { run, asked } = start();
    expect(await run("remember", { args: "port: 8080" })).toEqual({
      text: "🧠 Remembered: 8080",
      buttons: ["↩️ Undo"],
    });
    expect(asked).toEqual([[{ text: "port: 8080", messageId: 9 }, "telegram-5"]]);
  });

  test("as a reply keeps that message, and without anything says how", async () => {
    const { run, asked } = start({ outcome: "known", change: null });
    const reply = { replyToMessageId: 3, replyToText: "The port is 8080." };
    expect(await run("remember", reply)).toEqual({ text: "🧠 I know that already: 8080", buttons: [] });
    expect(asked).toEqual([[{ text: "The port is 8080.", messageId: 3 }, "telegram-5"]]);
    expect((await run("remember"))?.text).toContain("Write /remember");
    expect(asked).toHaveLength(1);
  });

  test("shows both where the key is taken", async () => {
    const answer = await start({
      outcome: "proposed",
      memory: memory({ id: 13, content: "9090", state: "proposed" }),
      existing: memory(),
    }).run("remember", { args: "port: 9090" });
    expect(answer?.text).toContain("Now: 8080\n\nNew: 9090");
    expect(answer?.buttons).toEqual(["✅ Replace it", "Keep the old one"]);
  });
});

describe("/forget", () => {
  const start = (outcome: "forgotten" | "several" | "none", candidates: MemoryRecord[]) =>
    startCommands({
      forget: () =>
        Promise.resolve({ outcome, candidates, change: outcome === "forgotten" ? change() : null }),
    });

  test("forgets, asks which one, or says that there is none", async () => {
    expect(await start("forgotten", [memory()]).run("forget", { args: "port" })).toEqual({
      text: "🗑 Forgotten: 8080",
      buttons: ["↩️ Undo"],
    });
    const several = await start("several", [memory(), memory({ id: 13, key: "host" })]).run("forget", {
      args: "8080",
    });
    expect(several?.text).toBe("❓ Which one?\n\n#12 port: 8080\n\n#13 host: 8080");
    expect(several?.buttons).toEqual(["🗑 Forget #12", "🗑 Forget #13"]);
    expect((await start("none", []).run("forget", { args: "x" }))?.text).toContain("nothing that fits “x”");
    expect((await start("none", []).run("forget"))?.text).toContain("Write /forget");
  });
});

describe("a button about a memory", () => {
  const press: ButtonPress = {
    ...{ address: CHAT, language: "en", userId: "77", callbackId: "q1", data: "", messageId: 9 },
  };
  const start = (verbs: Partial<Steward>) => {
    const happened: string[] = [];
    const note = async (what: string): Promise<void> => void happened.push(what);
    const pressed = createPressMemory({
      steward: verbs as Steward,
      messenger: {
        answerCallback: (_id, text) => note(`toast ${text}`),
        removeKeyboard: () => note("no buttons"),
        edit: (_address, _messageId, { text }) => note(`edit ${text.split("\n")[0]}`),
        say: async (_address, { text }) => {
          await note(`say ${text}`);
          return 1;
        },
      },
    });
    return { happened, pressed };
  };

  test("is answered with what became of it, and is gone", async () => {
    const { happened, pressed } = start({ undoMemory: () => Promise.resolve(null) });
    await pressed(press, { kind: "undo", changeId: 5 });
    expect(happened).toEqual(["toast ↩️ Undone.", "no buttons"]);
  });

  test("in a list shows the list anew, on the page before when this one is empty now", async () => {
    const offsets: number[] = [];
    const { happened, pressed } = start({
      forgetMemory: () => Promise.resolve(change()),
      memories: (_address, { offset }) => {
        offsets.push(offset);
        return Promise.resolve({ memories: offset === 0 ? [memory()] : [], next: null, total: 5 });
      },
    });
    await pressed(press, { kind: "forget", memoryId: 12, page: 1 });
    expect(happened).toEqual([
      ...["say 🗑 Forgotten: 8080", "toast 🗑 Forgotten.", "edit 🧠 What I remember here: 5"],
    ]);
    expect(offsets).toEqual([5, 0]);
  });

  test.each([
    [
      "memory_changed",
      ["toast This was changed in the meantime, so nothing was done. Have a look at it again.", "no buttons"],
    ],
    ["owner_only", ["toast Only the bot's owner or an admin may do this."]],
  ] as const)("that cannot be done (%s) says why", async (code, expected) => {
    const { happened, pressed } = start({
      acceptMemory: () => Promise.reject(new ApiError({ status: 409, code, detail: "no" })),
    });
    await pressed(press, { kind: "accept", memoryId: 12, page: null });
    expect(happened).toEqual(expected);
  });

  test("stands under the answer to a plain sentence", () => {
    const delivery = deliveryOf({ actions: ["memory_undo", "memory_ask"], subject: "5.88" });
    expect(memoryKeyboard(delivery)?.inline_keyboard).toEqual([
      [
        { text: "↩️ Undo", callback_data: "z:u:5" },
        { text: "💬 Ask Claude instead", callback_data: "z:q:5.88" },
      ],
    ]);
    expect(memoryKeyboard(deliveryOf({ actions: ["memory_undo"], subject: "ABC" }))).toBeUndefined();
    expect(memoryKeyboard(deliveryOf({ actions: ["pair_allow"], subject: "1.2" }))).toBeUndefined();
  });
});
