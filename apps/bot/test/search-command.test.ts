import type { SearchAnswerBody } from "@steward/contract/search";
import { expect, test } from "vitest";
import { createFoundOpener } from "../src/commands/found-message.ts";
import type { Steward } from "../src/steward/steward.ts";
import { startCommands } from "./command-rig.ts";
import { CHAT } from "./tiny-steward.ts";

const at = Date.UTC(2026, 10, 20, 12);
const hit = {
  ...{
    kind: "message" as const,
    id: 41,
    sessionId: "gw-7-1",
    botId: "7",
    role: "user" as const,
    source: "telegram",
  },
  ...{ userName: "Ada", turnId: null, createdAt: at, score: 1, mode: "lexical" as const, distance: null },
  snippet: { text: "the train\ntickets", marks: [[4, 9] as [number, number], [10, 17] as [number, number]] },
};
const answer = (more: Partial<SearchAnswerBody> = {}): SearchAnswerBody => ({
  ...{ messages: [hit], memories: [], mode: "lexical", degraded: ["no_embedder"] },
  ...more,
});

test("without words it says how", async () => {
  expect((await startCommands().run("search"))?.text).toContain("/search train tickets");
});

test("shows who said what and when, with a button for each, and by what it was found", async () => {
  const asked: unknown[] = [];
  const search: Steward["search"] = (chat, text, limit) => {
    asked.push([chat.chatId, text, limit]);
    return Promise.resolve(answer());
  };
  const said = await startCommands({ search }).run("search", { args: " train tickets " });
  expect(asked).toEqual([[CHAT.chatId, "train tickets", 6]]);
  expect(said).toEqual({
    text: "1. Ada · 2026-11-20\nthe train tickets\n\nFound by words and slips of the pen (no embedding model).",
    buttons: ["1"],
  });
});

test("says so when nothing fits, and when meanings could not be compared", async () => {
  const none = await startCommands({ search: () => Promise.resolve(answer({ messages: [] })) }).run(
    "search",
    {
      args: "x",
    },
  );
  expect(none?.text).toContain("Nothing that was said here fits");
  const away = await startCommands({
    search: () => Promise.resolve(answer({ degraded: ["embedder_unavailable"] })),
  }).run("search", { args: "x", language: "zh" });
  expect(away?.text).toContain("嵌入模型没有响应");
});

test("what was found opens with its surroundings, as a reply to it", async () => {
  const message = (id: number, role: "user" | "assistant", text: string, messageId: number | null) => ({
    ...{ id, role, text, source: "telegram", at, userId: null, userName: role === "user" ? "Ada" : null },
    ...{ turnId: null, messageId, turn: null, files: [] },
  });
  const said: { text: string; bold: string[]; replyTo: unknown }[] = [];
  const open = createFoundOpener({
    steward: {
      openMessage: () =>
        Promise.resolve({
          ...{ botId: "7", sessionId: "s", earlier: null, later: null },
          messages: [message(40, "assistant", "before", null), message(41, "user", "found", 777)],
        }),
    },
    messenger: {
      say: (_address, { text, entities }, options) => {
        const bold = entities.map(({ offset, length }) => text.slice(offset, offset + length));
        said.push({ text, bold, replyTo: options?.replyToMessageId });
        return Promise.resolve(1);
      },
    },
  });
  await open(CHAT, "en", 41);
  expect(said).toEqual([
    {
      text: "Claude · 2026-11-20 12:00\nbefore\n\n🔎 Ada · 2026-11-20 12:00\nfound\n",
      bold: ["🔎 Ada · 2026-11-20 12:00"],
      replyTo: 777,
    },
  ]);
});
