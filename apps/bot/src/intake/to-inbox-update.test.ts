import { inboxUpdateSchema } from "@steward/contract/inbox";
import { decideAccess } from "@steward/telegram/access";
import { type ClassifiedUpdate, classifyUpdate } from "@steward/telegram/update";
import { describe, expect, test } from "vitest";
import { toInboxUpdate } from "./to-inbox-update.ts";

const chat = { id: 77, type: "private", first_name: "Ada" };
const from = { id: 77, is_bot: false, first_name: "Ada", username: "ada", language_code: "zh-hans" };
const message = (more: object) => ({
  update_id: 5,
  message: { message_id: 9, date: 1, chat, from, ...more },
});

const TEAM = { id: "-5", listensAlways: true, admitsEveryone: false };

const read = (raw: unknown, { allowed = true, isBusy = false } = {}) => {
  const update = classifyUpdate(raw) as ClassifiedUpdate & { updateId: number };
  const accessList = { userIds: allowed ? ["77"] : [], managerIds: [], chats: [TEAM] };
  const decision = decideAccess({ update, accessList, botUsername: "tiny_bot" });
  // Whatever comes out, the API's own schema must take it.
  return inboxUpdateSchema.parse(toInboxUpdate(update, decision, { isBusy, botUsername: "tiny_bot" }));
};

describe("toInboxUpdate", () => {
  test("a prompt keeps its text, its author's language and what it replies to", () => {
    const raw = message({ text: "hello", reply_to_message: { message_id: 4, text: "earlier", chat } });
    expect(read(raw)).toMatchObject({
      kind: "prompt",
      text: "hello",
      messageId: 9,
      chat: { id: "77", threadId: "" },
      sender: { id: "77", username: "ada", name: "Ada", language: "zh" },
      replyTo: { messageId: 4, text: "earlier" },
      raw,
    });
  });

  test("a command comes apart into its name and its arguments", () => {
    expect(read(message({ text: "/New  now please" }))).toMatchObject({
      kind: "command",
      command: "new",
      text: "now please",
    });
  });

  test.each(["stop", "Stop!", "停止", " STOP. "])("a plain %j stops what runs", (text) => {
    expect(read(message({ text }), { isBusy: true })).toMatchObject({ kind: "command", command: "stop" });
    expect(read(message({ text }))).toMatchObject({ kind: "prompt", text });
  });

  test("words around it make it a prompt again", () => {
    expect(read(message({ text: "stop the server" }), { isBusy: true })).toMatchObject({ kind: "prompt" });
  });

  test("in a group it says whether the words are for the bot", () => {
    const group = { chat: { id: -5, type: "group", title: "Team" } };
    const text = "@tiny_bot remember that we meet on Monday";
    const entities = [{ type: "mention", offset: 0, length: 9 }];
    expect(read(message({ ...group, text, entities }))).toMatchObject({
      text: "remember that we meet on Monday",
      addressed: true,
    });
    expect(read(message({ ...group, text: "remember that we meet" })).addressed).toBeUndefined();
    expect(read(message({ text: "remember that we meet" })).addressed).toBeUndefined();
  });

  test("a message with a file is its caption, and the largest of its sizes", () => {
    const photo = [90, 1280].map((width) => ({
      ...{ file_id: `f${width}`, file_unique_id: `u${width}`, file_size: width, width, height: 1 },
    }));
    expect(read(message({ photo, caption: "what is this?", media_group_id: "g1" }))).toMatchObject({
      kind: "prompt",
      text: "what is this?",
      mediaGroupId: "g1",
      attachments: [{ key: "m9-u1280", kind: "photo", remoteId: "f1280", name: "photo.jpg", bytes: 1280 }],
    });
  });

  test.each([
    [
      "document",
      { document: { file_id: "f", file_unique_id: "u", file_name: "../a\u202e\n.pdf" } },
      "../a\u202e\n.pdf",
    ],
    ["document", { document: { file_id: "f", file_unique_id: "u" } }, "document"],
    ["voice", { voice: { file_id: "f", file_unique_id: "u", duration: 3 } }, "voice.ogg"],
    ["audio", { audio: { file_id: "f", file_unique_id: "u", duration: 3 } }, "audio.mp3"],
    ["video", { video: { file_id: "f", file_unique_id: "u", duration: 3 } }, "video.mp4"],
    ["video_note", { video_note: { file_id: "f", file_unique_id: "u", duration: 3 } }, "video_note.mp4"],
    ["sticker", { sticker: { file_id: "f", file_unique_id: "u", emoji: "😀" } }, "sticker.webp"],
  ])("a %s has a name, and is never a command", (kind, content, name) => {
    const update = read(message({ ...content, caption: "stop" }), { isBusy: true });
    expect(update).toMatchObject({ kind: "prompt", attachments: [{ kind, name, key: "m9-u" }] });
  });

  test("an animation comes once, and a sticker that moves in words alone", () => {
    const file = { file_id: "f", file_unique_id: "u", duration: 1 };
    expect(read(message({ animation: file, document: file })).attachments).toHaveLength(1);
    const moving = read(message({ sticker: { ...file, is_animated: true, emoji: "🎉", set_name: "Party" } }));
    expect(moving).toMatchObject({ kind: "prompt", text: "[Sticker 🎉 from Party]" });
    expect(moving.attachments).toBeUndefined();
  });

  test("a reply brings the file along that it points at, unless a bot sent it", () => {
    const replied = {
      ...{ message_id: 4, chat, date: 1_700_000_000, caption: "the plan" },
      document: { file_id: "f", file_unique_id: "u", file_name: "plan.pdf" },
    };
    const reply = (author: object) =>
      read(message({ text: "is it good?", reply_to_message: { ...replied, from: author } }));
    expect(reply({ id: 8, is_bot: false, first_name: "B\u202eob" })).toMatchObject({
      replyTo: {
        ...{ messageId: 4, text: "[Document: plan.pdf] the plan", from: "Bob", sentAt: 1_700_000_000_000 },
      },
      attachments: [{ key: "m4-u", name: "plan.pdf", ofReply: true }],
    });
    expect(reply({ id: 4242, is_bot: true, first_name: "Steward" }).attachments).toBeUndefined();
  });

  test("what is forwarded says who wrote it and when; a quote from elsewhere, too", () => {
    const origin = { type: "hidden_user", sender_user_name: "Eve", date: 1_700_000_000 };
    expect(read(message({ text: "hi", forward_origin: origin }))).toMatchObject({
      ...{ forwardedFrom: "Eve", forwardedAt: 1_700_000_000_000 },
    });
    const external_reply = { origin, photo: [{ file_id: "f", file_unique_id: "u", width: 1, height: 1 }] };
    expect(read(message({ text: "hi", external_reply })).replyTo).toEqual({
      ...{ messageId: 0, text: "[Photo]", from: "Eve", sentAt: 1_700_000_000_000 },
    });
  });

  test.each([
    ["a command", { text: "/stop" }],
    ["a stop word while something runs", { text: "stop" }],
  ])("%s says what it replies to", (_, more) => {
    const raw = message({ ...more, reply_to_message: { message_id: 4, text: "earlier", chat } });
    expect(read(raw, { isBusy: true })).toMatchObject({
      kind: "command",
      command: "stop",
      replyTo: { messageId: 4, text: "earlier" },
    });
  });

  test.each([
    ["a photo", { photo: [{ file_id: "f", file_unique_id: "u", width: 1, height: 1 }] }, "[Photo]"],
    [
      "a file",
      { document: { file_id: "f", file_unique_id: "u", file_name: "report.pdf" } },
      "[Document: report.pdf]",
    ],
    [
      "a video note",
      { video_note: { file_id: "f", file_unique_id: "u", length: 1, duration: 1 } },
      "[Video note]",
    ],
    ["a place", { location: { latitude: 1, longitude: 2 } }, "[Location: 1, 2]"],
    ["a caption", { photo: [{ file_id: "f" }], caption: "look" }, "[Photo] look"],
    ["dice", { dice: { emoji: "🎲", value: 3 } }, "[Dice 🎲: 3]"],
    ["something without words", { story: { id: 1, chat } }, ""],
  ])("a reply to %s quotes what it is", (_, replied, text) => {
    const raw = message({ text: "and this?", reply_to_message: { message_id: 4, chat, ...replied } });
    expect(read(raw).replyTo).toEqual({ messageId: 4, text });
  });

  test.each([
    [
      "a person",
      { forward_origin: { type: "user", date: 1, sender_user: { ...from, first_name: "Eve" } } },
      "Eve",
    ],
    [
      "somebody hidden",
      { forward_origin: { type: "hidden_user", date: 1, sender_user_name: "E. \u202eX" } },
      "E. X",
    ],
    [
      "a channel",
      { forward_origin: { type: "channel", date: 1, chat: { id: -1, type: "channel", title: "News" } } },
      "News",
    ],
    ["an older server", { forward_date: 1 }, ""],
  ])("what was forwarded from %s is somebody else's", (_, more, name) => {
    expect(read(message({ text: "do as I say", ...more }))).toMatchObject({
      kind: "prompt",
      text: "do as I say",
      forwardedFrom: name,
    });
    expect(read(message({ text: "my own words" })).forwardedFrom).toBeUndefined();
  });

  test("of what is denied only the number, the chat and the sender are kept", () => {
    const denied = read(
      message({ text: "secret plans", reply_to_message: { message_id: 4, text: "x", chat } }),
      {
        allowed: false,
      },
    );
    expect(denied).toMatchObject({ kind: "denied", reason: "unknown_sender", raw: null, text: "" });
    expect(JSON.stringify(denied)).not.toContain("secret plans");
  });

  test("a stranger's /start is denied like the rest; that it may be answered is told apart", () => {
    expect(read(message({ text: "/start" }), { allowed: false })).toMatchObject({
      kind: "denied",
      reason: "pairing",
      raw: null,
    });
  });

  test.each([
    [
      "callback",
      {
        update_id: 5,
        callback_query: { id: "1", from, message: { message_id: 9, date: 1, chat }, data: "q" },
      },
    ],
    [
      "edit",
      { update_id: 5, edited_message: { message_id: 9, date: 1, edit_date: 2, chat, from, text: "new" } },
    ],
    ["malformed", { update_id: 5, message: { nothing: true } }],
  ])("a %s stays one", (kind, raw) => {
    expect(read(raw)).toMatchObject({ kind, raw });
  });

  test("oversized fields are cut to what the contract takes", () => {
    const long = { ...from, first_name: "x".repeat(1_000) };
    const raw = message({ text: `/${"y".repeat(32)}`, from: long });
    expect(read(raw).sender?.name).toHaveLength(256);
  });

  test("an exclamation mark in front interrupts, in a prompt alone and in the person's own words alone", () => {
    expect(read(message({ text: "!look" }))).toMatchObject({
      kind: "prompt",
      text: "look",
      interrupts: true,
    });
    expect(read(message({ text: "!!look" })).interrupts).toBeUndefined();
    const { message: edited } = message({ text: "!look again" });
    const edit = read({ update_id: 6, edited_message: { ...edited, edit_date: 2 } });
    expect(edit).toMatchObject({ kind: "edit", text: "look again", messageId: 9 });
    expect(edit.interrupts).toBeUndefined();
    const origin = { type: "hidden_user", sender_user_name: "Eve", date: 1 };
    const forwarded = read(message({ text: "!look", forward_origin: origin }));
    expect(forwarded).toMatchObject({ text: "!look", forwardedFrom: "Eve" });
    expect(forwarded.interrupts).toBeUndefined();
  });
});
