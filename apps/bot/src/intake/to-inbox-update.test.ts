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

const read = (raw: unknown, { allowed = true, isBusy = false } = {}) => {
  const update = classifyUpdate(raw) as ClassifiedUpdate & { updateId: number };
  const accessList = { userIds: allowed ? ["77"] : [], chatIds: [] };
  const decision = decideAccess({ update, accessList, botUsername: "tiny_bot" });
  // Whatever comes out, the API's own schema must take it.
  return inboxUpdateSchema.parse(toInboxUpdate(update, decision, isBusy));
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

  test("a message with a file is not read as its caption", () => {
    const photo = [{ file_id: "f", file_unique_id: "u", width: 1, height: 1 }];
    expect(read(message({ photo, caption: "delete everything in here" }))).toMatchObject({
      kind: "unsupported",
      reason: "content photo",
      text: "",
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
    ["a caption", { photo: [{ file_id: "f" }], caption: "look" }, "look"],
    ["something without words", { dice: { emoji: "🎲", value: 3 } }, ""],
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
});
