import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IncomingAttachment, WantedAttachment } from "@steward/contract/attachments";
import type { ChatAddress } from "@steward/contract/ids";
import type { InboxUpdate } from "@steward/contract/inbox";
import { chatMessages } from "@steward/schema/tables";
import { afterEach, describe, expect, test } from "vitest";
import type { Recording } from "../src/transcription/transcriber.ts";
import { openFaultyDatabase } from "./faulty-database.ts";
import { pair, promptUpdate, startCore, type TestCore, until } from "./test-core.ts";

const BOT = "123";
const CHAT = { botId: BOT, chatId: "42", threadId: "" };
const WINDOW_MS = 1_200;
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function start(options: Parameters<typeof startCore>[0] = {}): Promise<TestCore & { root: string }> {
  const root = mkdtempSync(join(tmpdir(), "steward-attachments-"));
  ends.push(() => rmSync(root, { recursive: true, force: true }));
  const pathOf = ({ botId, chatId }: ChatAddress) => join(root, botId, chatId);
  const t = await startCore({
    workspaces: {
      ensure: (address) => {
        mkdirSync(pathOf(address), { recursive: true });
        return pathOf(address);
      },
      pathOf,
      exists: () => true,
      locate: (address) => pathOf(address),
    },
    freeDiskBytes: async () => 1e12,
    ...options,
  });
  pair(t.core, BOT, "42");
  return { ...t, root };
}

let nextMessage = 100;
const attachment = (more: Partial<IncomingAttachment> = {}): IncomingAttachment => {
  const n = nextMessage++;
  return { key: `m${n}-u${n}`, kind: "photo", remoteId: `file-${n}`, name: "photo.jpg", bytes: 5, ...more };
};
const withFile = (text: string, more: Partial<IncomingAttachment> = {}, update: Partial<InboxUpdate> = {}) =>
  promptUpdate(text, { attachments: [attachment(more)], ...update });
const accept = (t: TestCore, ...updates: InboxUpdate[]) => t.core.inbox.accept(BOT, updates).results;
const sent = (t: TestCore): string[] =>
  t.driver.sessions.flatMap((session) => session.turns.map(({ text }) => text));
const wanted = (t: TestCore): WantedAttachment[] => {
  const front = t.frontEnd(BOT);
  front.detach();
  return front.events.flatMap((event) => (event.type === "attachment_wanted" ? [event.attachment] : []));
};
const fetchOne = (t: TestCore, { key, name, ...address }: WantedAttachment, content = "bytes") =>
  t.core.files.receive({
    address: { botId: address.botId, chatId: address.chatId, threadId: address.threadId },
    name,
    idempotencyKey: key,
    announcedBytes: null,
    content: (async function* () {
      yield Buffer.from(content);
    })(),
    signal: new AbortController().signal,
  });
const notices = (t: TestCore): string[] =>
  t.core.deliveries.open(BOT).flatMap(({ kind, text }) => (kind === "notice" ? [text] : []));

describe("a message with a file", () => {
  test("is committed at once, waits for its file, and names it by its path", async () => {
    const t = await start();
    const front = t.frontEnd(BOT);
    const [row] = accept(t, withFile("what is this?"));
    await t.clock.advance(5_000);
    expect(sent(t)).toEqual([]);
    const [asked] = front.events.flatMap((event) =>
      event.type === "attachment_wanted" ? [event.attachment] : [],
    );
    if (!asked) throw new Error("nothing was asked for");
    expect(asked).toMatchObject({ ...CHAT, kind: "photo", name: "photo.jpg" });
    const file = await fetchOne(t, asked);
    expect(file.id).toBe(asked.attachmentId);
    const turn = await t.core.turns.waitForEnd(row?.turnId ?? "");
    expect(turn.state).toBe("result_saved");
    expect(sent(t)).toEqual([
      `what is this?\n\n[Files sent with this message:\n- ${file.path} (text/plain, 5 bytes)]`,
    ]);
    expect(t.core.files.list(CHAT, 10)[0]?.turnId).toBe(turn.id);
    const said = t.database.db.select().from(chatMessages).all();
    expect(said[0]?.content).toBe("what is this?\n\n📎 photo.jpg");
    expect(wanted(t)).toEqual([]);
  });

  test("without a word is a turn all the same, together with the words that follow at once", async () => {
    const t = await start();
    const [alone] = accept(t, withFile(""));
    for (const each of wanted(t)) await fetchOne(t, each);
    await t.clock.advance(WINDOW_MS - 1);
    expect(sent(t)).toEqual([]);
    await t.clock.advance(1);
    await t.core.turns.waitForEnd(alone?.turnId ?? "");
    expect(sent(t)[0]).toMatch(/^See the attached files\.\n\n\[Files sent/);
    const [second] = accept(t, withFile(""));
    const [words] = accept(t, promptUpdate("what is that?"));
    expect(words?.turnId).toBe(second?.turnId);
    for (const each of wanted(t)) await fetchOne(t, each);
    await t.clock.advance(WINDOW_MS);
    await t.core.turns.waitForEnd(second?.turnId ?? "");
    expect(sent(t)[1]).toMatch(/^what is that\?\n\n\[Files sent/);
  });

  test("keeps what came after it behind it, and other chats go on", async () => {
    const t = await start();
    pair(t.core, BOT, "43");
    const [first] = accept(t, withFile("first"));
    await t.clock.advance(1);
    const [second] = accept(t, promptUpdate("second"));
    expect(second?.turnId).not.toBe(first?.turnId);
    const chat = { id: "43", type: "private" as const, threadId: "" };
    const sender = { id: "43", username: null, name: null, language: "en" as const };
    const [other] = accept(t, promptUpdate("elsewhere", { chat, sender }));
    await t.core.turns.waitForEnd(other?.turnId ?? "");
    expect(sent(t)).toEqual(["elsewhere"]);
    for (const each of wanted(t)) await fetchOne(t, each);
    await t.core.turns.waitForEnd(second?.turnId ?? "");
    expect(sent(t).map((text) => text.split("\n")[0])).toEqual(["elsewhere", "first", "second"]);
  });

  test("asks for it again after a restart, also when it had come just before the end", async () => {
    const t = await start();
    const [row] = accept(t, withFile("look"), withFile("", {}, { text: "and here" }));
    const before = wanted(t);
    expect(before).toHaveLength(2);
    const [first] = before;
    if (!first) throw new Error("nothing was asked for");
    await fetchOne(t, first);
    const next = await t.reboot();
    expect(wanted(next).map(({ attachmentId }) => attachmentId)).toEqual([before[1]?.attachmentId]);
    for (const each of wanted(next)) await fetchOne(next, each);
    await next.clock.advance(WINDOW_MS);
    const turn = await next.core.turns.waitForEnd(row?.turnId ?? "");
    expect(turn.files.filter(({ direction }) => direction === "in")).toHaveLength(2);
  });

  test("that was sent again is the same file; a message that points at an earlier file brings it along", async () => {
    const t = await start();
    const picture = attachment();
    accept(t, promptUpdate("look", { attachments: [picture] }));
    for (const each of wanted(t)) await fetchOne(t, each);
    await until(() => sent(t).length === 1, "the first is sent");
    const [reply] = accept(
      t,
      promptUpdate("and who is on it?", {
        replyTo: { messageId: 100, text: "[Photo] look", from: "Ada", sentAt: Date.UTC(2026, 0, 2, 3, 4) },
        attachments: [{ ...picture, ofReply: true }],
      }),
    );
    expect(wanted(t)).toEqual([]);
    await t.core.turns.waitForEnd(reply?.turnId ?? "");
    const [file] = t.core.files.list(CHAT, 10);
    expect(sent(t)[1]).toBe(
      `[Replying to "Ada", 2026-01-02 03:04 UTC: "[Photo] look"]\n\nand who is on it?\n\n[Files sent with this message:\n- ${file?.path} (text/plain, 5 bytes)]`,
    );
  });

  test("is not waited for by a turn that was stopped meanwhile", async () => {
    const t = await start();
    const [row] = accept(t, withFile("look"));
    expect(wanted(t)).toHaveLength(1);
    t.core.turns.withdraw(row?.turnId ?? "", "turn_cancelled");
    expect(wanted(t)).toEqual([]);
    const [next] = accept(t, promptUpdate("go on"));
    await t.core.turns.waitForEnd(next?.turnId ?? "");
    expect(sent(t)).toEqual(["go on"]);
  });
});

test("while the database takes no writes a turn waits, and starts with its files when it does", async () => {
  const faulty = openFaultyDatabase();
  const t = await start({ database: faulty.database });
  const [row] = accept(t, withFile("look"));
  const [asked] = wanted(t);
  if (!asked) throw new Error("nothing was asked for");
  // The file itself has been committed; what follows from it cannot be.
  faulty.fails = (_, sql) => /update "turns"/.test(sql) || sql === "probe";
  await fetchOne(t, asked);
  await t.clock.advance(1_000);
  expect(sent(t)).toEqual([]);
  faulty.fails = (_, sql) => sql === "probe";
  accept(t, promptUpdate("wakes the session up"));
  await t.clock.advance(100);
  expect(sent(t)).toEqual([]);
  faulty.fails = () => false;
  await t.clock.advance(10_000);
  await t.core.turns.waitForEnd(row?.turnId ?? "");
  expect(sent(t)[0]).toMatch(/^look\n\n\[Files sent with this message/);
});

describe("row 39: an album", () => {
  const item = (text: string, more: Partial<InboxUpdate> = {}) =>
    withFile(text, {}, { mediaGroupId: "g1", ...more });

  test("is one turn with all its files, in their order, also when its parts come one by one", async () => {
    const t = await start();
    const rows = [
      ...accept(t, item("four pictures", { messageId: 1 }), item("", { messageId: 2 })),
      ...accept(t, item("", { messageId: 3 })),
    ];
    await t.clock.advance(1_000);
    for (const each of wanted(t)) await fetchOne(t, each);
    rows.push(...accept(t, item("", { messageId: 4 })));
    expect(new Set(rows.map(({ turnId }) => turnId)).size).toBe(1);
    for (const each of wanted(t)) await fetchOne(t, each);
    await t.clock.advance(WINDOW_MS);
    const turn = await t.core.turns.waitForEnd(rows[0]?.turnId ?? "");
    expect(turn.files).toHaveLength(4);
    expect(sent(t)).toHaveLength(1);
    expect(sent(t)[0]).toMatch(/^four pictures\n\n\[Files sent with this message:(\n- files\/[^\n]+){4}\]$/);
  });

  test("takes a late part in while its files are on their way; words of their own come after it", async () => {
    const t = await start();
    const [first] = accept(t, item("pictures"), item(""));
    await t.clock.advance(WINDOW_MS);
    const [words] = accept(t, promptUpdate("something else"));
    const [late] = accept(t, item(""));
    expect(late?.turnId).toBe(first?.turnId);
    expect(words?.turnId).not.toBe(first?.turnId);
    for (const each of wanted(t)) await fetchOne(t, each);
    await t.clock.advance(WINDOW_MS);
    await t.core.turns.waitForEnd(words?.turnId ?? "");
    expect(sent(t).map((text) => text.split("\n")[0])).toEqual(["pictures", "something else"]);
  });

  test("is told from the next one and from somebody else's", async () => {
    const t = await start();
    pair(t.core, BOT, "43");
    const chat = { id: "-100", type: "supergroup" as const, threadId: "" };
    const sender = { id: "43", username: null, name: null, language: "en" as const };
    t.core.access.allowChat(BOT, "-100", {}, "test");
    const rows = accept(
      t,
      item("mine", { chat }),
      item("also g1", { chat, sender }),
      item("", { chat, mediaGroupId: "g2", sender }),
    );
    expect(new Set(rows.map(({ turnId }) => turnId)).size).toBe(2);
  });
});

describe("a file that does not come", () => {
  const tooLarge = { code: "attachment_too_large", params: { limitMb: 20 } } as const;

  test("is said to the person and to the agent, and the turn goes on with the words that are there", async () => {
    const t = await start();
    const [row] = accept(t, withFile("what does it say?", { name: "re\u202eport\n.pdf", kind: "document" }));
    const [asked] = wanted(t);
    expect(t.core.files.giveUp(asked?.attachmentId ?? "", tooLarge)).toBe(true);
    expect(t.core.files.giveUp(asked?.attachmentId ?? "", tooLarge)).toBe(false);
    await t.core.turns.waitForEnd(row?.turnId ?? "");
    expect(sent(t)[0]).toMatch(
      /^what does it say\?\n\n\[The person also sent a file that did not arrive: re_port_.pdf: It is larger than 20 MB/,
    );
    expect(notices(t)).toHaveLength(1);
    expect(notices(t)[0]).toMatch(/^📎 re_port_.pdf: It is larger than 20 MB.*local Bot API server/);
  });

  test("without words there is nothing to run: the turn ends with the reason", async () => {
    const t = await start();
    const [row] = accept(t, withFile("", { name: "a.mov" }));
    const [asked] = wanted(t);
    t.core.files.giveUp(asked?.attachmentId ?? "", tooLarge);
    await t.clock.advance(WINDOW_MS);
    const turn = await t.core.turns.waitForEnd(row?.turnId ?? "");
    expect(turn).toMatchObject({ state: "cancelled", errorCode: "attachments_missing" });
    expect(turn.text).toMatch(/^📎 a\.mov: It is larger than 20 MB/);
    const [next] = accept(t, promptUpdate("hello"));
    await t.core.turns.waitForEnd(next?.turnId ?? "");
    expect(sent(t)).toEqual(["hello"]);
  });

  test("is not even asked for when the chat has no room for it, or it is larger than anything taken", async () => {
    const t = await start({ fileLimits: { maxUploadBytes: 10 * 1_048_576 } });
    t.core.policies.set({}, "fileQuotaMb", 3, "owner");
    accept(t, withFile("one", { bytes: 4 * 1_048_576 }));
    accept(t, withFile("two", { bytes: 11 * 1_048_576 }));
    expect(wanted(t)).toEqual([]);
    await until(() => sent(t).length === 2, "both are sent");
    expect(sent(t)[0]).toContain("already take 4 of 3 MB");
    expect(sent(t)[1]).toContain("larger than 10 MB");
  });

  test("is waited for a quarter of an hour, and no longer", async () => {
    const t = await start();
    const [row] = accept(t, withFile("look"));
    await t.clock.advance(15 * 60_000 - 1);
    expect(sent(t)).toEqual([]);
    await t.clock.advance(1);
    await t.core.turns.waitForEnd(row?.turnId ?? "");
    expect(sent(t)[0]).toContain("did not arrive within 15 minutes");
    expect(wanted(t)).toEqual([]);
  });

  test("of a message that is only replied to nobody is told", async () => {
    const t = await start();
    const [row] = accept(t, withFile("what was that?", { ofReply: true }));
    const [asked] = wanted(t);
    t.core.files.giveUp(asked?.attachmentId ?? "", tooLarge);
    await t.core.turns.waitForEnd(row?.turnId ?? "");
    expect(sent(t)).toEqual(["what was that?"]);
    expect(notices(t)).toEqual([]);
  });
});

describe("a voice message", () => {
  const voice = (text = "", more: Partial<IncomingAttachment> = {}) =>
    withFile(text, { kind: "voice", name: "voice.ogg", durationMs: 3_000, ...more });
  const listener = (hear: (recording: Recording) => Promise<string>) => {
    const heard: Recording[] = [];
    const waiting: { count: number; resolve: () => void }[] = [];
    return {
      heard,
      /** Resolves when somebody was asked to listen so often. */
      asked: (count: number) =>
        heard.length >= count
          ? Promise.resolve()
          : new Promise<void>((resolve) => void waiting.push({ count, resolve })),
      transcriber: {
        transcribe: async (recording: Recording) => {
          heard.push(recording);
          for (const { count, resolve } of waiting) if (heard.length >= count) resolve();
          return await hear(recording);
        },
      },
    };
  };

  test("is what was said, for the agent, the chat and the history", async () => {
    const { heard, transcriber } = listener(async () => " Remind me\nof the milk. \n");
    const t = await start({ transcriber });
    const [row] = accept(t, voice());
    for (const each of wanted(t)) await fetchOne(t, each, "OggS");
    await t.clock.advance(WINDOW_MS);
    const turn = await t.core.turns.waitForEnd(row?.turnId ?? "");
    expect(sent(t)).toEqual(["[Voice message transcription]: Remind me\nof the milk."]);
    expect(notices(t)).toEqual(["> 🎤 Remind me\n> of the milk."]);
    expect(heard.map(({ name, content }) => [name.slice(16), Buffer.from(content).toString()])).toEqual([
      ["voice.ogg", "OggS"],
    ]);
    const said = t.database.db.select().from(chatMessages).all();
    expect(said.slice(0, 2).map(({ role, content, turnId }) => [role, content, turnId])).toEqual([
      ["user", "📎 voice.ogg", turn.id],
      ["user", "🎤 Remind me\nof the milk.", turn.id],
    ]);
    expect(t.core.files.list(CHAT, 10)[0]?.turnId).toBe(turn.id);
  });

  test("is listened to once more after a restart, and told once", async () => {
    let answer: (text: string) => void = () => undefined;
    const first = listener(() => new Promise((resolve) => (answer = resolve)));
    const t = await start({ transcriber: first.transcriber });
    const [row] = accept(t, voice("what do you think?"));
    for (const each of wanted(t)) await fetchOne(t, each);
    await first.asked(1);
    await t.clock.advance(WINDOW_MS);
    expect(sent(t)).toEqual([]);
    const next = await t.reboot();
    expect(wanted(next)).toEqual([]);
    await first.asked(2);
    answer("of this");
    await next.clock.advance(WINDOW_MS);
    await next.core.turns.waitForEnd(row?.turnId ?? "");
    expect(sent(next)).toEqual(["what do you think?\n\n[Voice message transcription]: of this"]);
    expect(notices(next)).toEqual(["> 🎤 of this"]);
  });

  test.each([
    ["nobody listens", null, "transcription is off"],
    ["it cannot be made out", async () => Promise.reject(new Error("no model")), "could not be transcribed"],
    ["nothing was said", async () => "  ", "could not be transcribed"],
  ])("comes as a file when %s", async (_, hear, reason) => {
    const t = await start(hear === null ? {} : { transcriber: listener(hear).transcriber });
    const [row] = accept(t, voice());
    for (const each of wanted(t)) await fetchOne(t, each);
    await t.clock.advance(WINDOW_MS);
    await t.core.turns.waitForEnd(row?.turnId ?? "");
    expect(sent(t)[0]).toContain(reason);
    expect(sent(t)[0]).toMatch(/\[Files sent with this message:\n- files\/\S+_voice\.ogg /);
    expect(notices(t)).toHaveLength(hear === null ? 0 : 1);
  });

  test("that was only replied to is not said again, and music is no voice", async () => {
    const { heard, transcriber } = listener(async () => "words");
    const t = await start({ transcriber });
    accept(t, voice("translate it", { ofReply: true }), voice("listen", { kind: "audio", name: "song.mp3" }));
    for (const each of wanted(t)) await fetchOne(t, each);
    await t.clock.advance(WINDOW_MS);
    await until(() => sent(t).length === 1, "it is sent");
    expect(heard).toEqual([]);
  });
});

test("a link in the place of files/, or of what is written there, leads nowhere", async () => {
  const t = await start();
  const outside = join(t.root, "outside");
  const workspace = join(t.root, BOT, "42");
  for (const folder of [outside, join(workspace, "files")]) mkdirSync(folder, { recursive: true });
  accept(t, withFile("one", { name: "a.txt" }));
  const [first] = wanted(t);
  if (!first) throw new Error("nothing was asked for");
  symlinkSync(join(outside, "written"), join(workspace, "files", `.steward-${first.attachmentId}.part`));
  const file = await fetchOne(t, first);
  expect(readdirSync(outside)).toEqual([]);
  rmSync(join(workspace, "files"), { recursive: true });
  symlinkSync(outside, join(workspace, "files"));
  accept(t, withFile("two", { name: "b.txt" }));
  const [second] = wanted(t);
  if (!second) throw new Error("nothing was asked for");
  await expect(fetchOne(t, second)).rejects.toMatchObject({ code: "file_place_unsafe" });
  expect(readdirSync(outside)).toEqual([]);
  expect(file.path).toMatch(/_a\.txt$/);
});

test("whatever a file is called, it lies in files/ under one name of ours", async () => {
  const t = await start();
  const names = [
    "../../etc/passwd",
    "a\nb\r.txt",
    "\u202egpj.exe.txt",
    "CON",
    ".bashrc",
    "x".repeat(900),
    "",
  ];
  accept(t, ...names.map((name) => withFile("", { name, kind: "document" })));
  for (const each of wanted(t)) await fetchOne(t, each);
  const stored = t.core.files.list(CHAT, 50);
  expect(stored).toHaveLength(names.length);
  for (const { path } of stored) expect(path).toMatch(/^files\/\d{8}-\d{6}_[^/\n\r\u202e]{1,200}$/);
  expect(readdirSync(join(t.root, BOT, "42", "files"))).toHaveLength(names.length);
});
