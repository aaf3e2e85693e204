import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ANONYMOUS_ADMIN,
  CHANNEL,
  callbackUpdate,
  GROUP,
  groupMessage,
  mentioning,
  messageUpdate,
  PERSON,
  PRIVATE_CHAT,
} from "../../test/updates.ts";
import { classifyUpdate } from "./classify-update.ts";

const kindOf = (raw: unknown): string => classifyUpdate(raw).kind;

describe("prompts", () => {
  test("a text message, read in full", () => {
    const raw = messageUpdate();
    expect(classifyUpdate(raw)).toEqual({
      updateId: 1000,
      kind: "prompt",
      chat: { id: "7", type: "private", threadId: "" },
      sender: { id: "7", username: "annlee", name: "Ann Lee", languageCode: "zh-hans" },
      text: "hello",
      attachments: [],
      mentions: [],
      flags: [],
      messageId: 5,
      sentAtMs: 1_790_000_000_000,
      raw,
    });
  });

  test("a path at the beginning is no command", () => {
    for (const text of [
      "/etc/hosts looks odd",
      "/",
      "/ stop",
      "/é",
      " /stop",
      "/stop!",
      `/${"x".repeat(33)}`,
    ]) {
      expect(kindOf(messageUpdate({ text }))).toBe("prompt");
    }
  });

  test("the replied text, or the part of it that was quoted", () => {
    const reply_to_message = {
      message_id: 3,
      text: "the whole text",
      from: { id: 1, username: "steward_bot" },
    };
    expect(classifyUpdate(messageUpdate({ reply_to_message })).replyTo).toEqual({
      text: "the whole text",
      messageId: 3,
      fromUsername: "steward_bot",
      attachments: [],
    });
    const quote = { text: "whole", position: 4, is_manual: true };
    expect(classifyUpdate(messageUpdate({ reply_to_message, quote })).replyTo?.text).toBe("whole");
    expect(
      classifyUpdate(
        messageUpdate({ external_reply: { origin: {} }, quote: { text: "elsewhere", position: 0 } }),
      ).replyTo,
    ).toEqual({ text: "elsewhere", messageId: null, attachments: [] });
  });

  test("places, contacts, polls and stickers become words", () => {
    const bare = { text: undefined };
    const textOf = (content: object) => classifyUpdate(messageUpdate({ ...bare, ...content })).text;
    expect(textOf({ location: { latitude: 52.5, longitude: 13.4 } })).toBe("[Location: 52.5, 13.4]");
    expect(
      textOf({
        venue: { title: "Café", address: "Main St 1", location: { latitude: 1, longitude: 2 } },
        location: {},
      }),
    ).toBe("[Venue: Café, Main St 1 at 1, 2]");
    expect(textOf({ contact: { first_name: "Bo", phone_number: "+49 1" } })).toBe("[Contact: Bo, +49 1]");
    expect(textOf({ poll: { question: "When?", options: [{ text: "Mon" }, { text: "Tue" }] } })).toBe(
      "[Poll: When? · Mon / Tue]",
    );
    expect(textOf({ sticker: { file_id: "s", emoji: "😀", set_name: "Cats" } })).toBe(
      "[Sticker 😀 from Cats]",
    );
  });
});

describe("commands", () => {
  test.each([
    ["/stop", { name: "stop", args: "" }],
    ["/Start  abc_DEF-1 ", { name: "start", args: "abc_DEF-1" }],
    ["/new@Steward_Bot a\nb", { name: "new", args: "a\nb", addressedTo: "Steward_Bot" }],
  ])("%j", (text, command) => {
    expect(classifyUpdate(messageUpdate({ text }))).toMatchObject({ kind: "command", command, text });
  });

  test("a caption is none", () => {
    const update = classifyUpdate(
      messageUpdate({ text: undefined, caption: "/stop", document: { file_id: "d", file_name: "a.txt" } }),
    );
    expect(update).toMatchObject({ kind: "prompt", text: "/stop" });
    expect(update.command).toBeUndefined();
  });

  test("an edit into a command is an edit", () => {
    const update = classifyUpdate(messageUpdate({ text: "/stop", edit_date: 1 }, "edited_message"));
    expect(update).toMatchObject({ kind: "edit", text: "/stop", messageId: 5 });
    expect(update.command).toBeUndefined();
  });
});

describe("attachments", () => {
  test("the largest photo, with its caption", () => {
    const photo = [
      { file_id: "small", file_unique_id: "u1", width: 90, height: 90, file_size: 1000 },
      { file_id: "large", file_unique_id: "u2", width: 900, height: 800, file_size: 9000 },
    ];
    const update = classifyUpdate(
      messageUpdate({ text: undefined, caption: "look", photo, media_group_id: "g1" }),
    );
    expect(update).toMatchObject({ kind: "prompt", text: "look", mediaGroupId: "g1" });
    expect(update.attachments).toEqual([
      { kind: "photo", fileId: "large", fileUniqueId: "u2", width: 900, height: 800, sizeBytes: 9000 },
    ]);
  });

  test("an animation once, although it comes as a document too", () => {
    const file = {
      file_id: "a",
      file_unique_id: "u",
      file_name: "cat.mp4",
      mime_type: "video/mp4",
      duration: 3,
    };
    const { attachments } = classifyUpdate(
      messageUpdate({ text: undefined, animation: file, document: file }),
    );
    expect(attachments).toEqual([
      {
        kind: "animation",
        fileId: "a",
        fileUniqueId: "u",
        fileName: "cat.mp4",
        mimeType: "video/mp4",
        durationMs: 3000,
      },
    ]);
  });

  test.each(["document", "voice", "audio", "video", "video_note", "sticker"])("%s", (kind) => {
    const update = classifyUpdate(messageUpdate({ text: undefined, [kind]: { file_id: "f" } }));
    expect(update).toMatchObject({ kind: "prompt", attachments: [{ kind, fileId: "f" }] });
  });
});

describe("topics", () => {
  const threadOf = (message: Record<string, unknown>) => classifyUpdate(groupMessage(message)).chat?.threadId;

  test("a topic is named, the General topic and a mere thread of replies are not", () => {
    expect(threadOf({ is_topic_message: true, message_thread_id: 42 })).toBe("42");
    expect(threadOf({ is_topic_message: true, message_thread_id: 1 })).toBe("");
    expect(threadOf({ message_thread_id: 42 })).toBe("");
    expect(threadOf({ is_topic_message: true })).toBe("");
  });

  test("a topic in a private chat counts, and so does that of a pressed button's message", () => {
    const topic = { is_topic_message: true, message_thread_id: 9 };
    expect(classifyUpdate(messageUpdate(topic)).chat?.threadId).toBe("9");
    const message = { message_id: 6, date: 1, chat: GROUP, ...topic };
    expect(classifyUpdate(callbackUpdate({ message })).chat).toEqual({
      id: "-100123",
      type: "supergroup",
      threadId: "9",
      title: "Team",
    });
  });

  test("the topic's own first message is not what a message replies to", () => {
    const reply_to_message = { message_id: 42, forum_topic_created: { name: "Topic" } };
    const update = classifyUpdate(
      groupMessage({ is_topic_message: true, message_thread_id: 42, reply_to_message }),
    );
    expect(update.replyTo).toBeUndefined();
  });
});

describe("who it is from", () => {
  test.each([
    ["an anonymous admin", { from: ANONYMOUS_ADMIN, sender_chat: GROUP }, ["anonymous_admin", "from_bot"]],
    [
      "somebody as a channel",
      { from: { id: 136817688, is_bot: true }, sender_chat: CHANNEL },
      ["sender_chat", "from_bot"],
    ],
    [
      "the linked channel",
      { from: { id: 777000, is_bot: false }, sender_chat: CHANNEL, is_automatic_forward: true },
      ["sender_chat", "forwarded"],
    ],
    ["a real person behind a sender_chat of any shape", { sender_chat: "garbage" }, ["sender_chat"]],
  ])("%s is nobody", (_, message, flags) => {
    expect(classifyUpdate(groupMessage(message))).toMatchObject({ kind: "prompt", sender: null, flags });
  });

  test("a channel post is nobody's, with or without a name under it", () => {
    for (const kind of ["channel_post", "edited_channel_post"]) {
      const update = classifyUpdate(
        messageUpdate({ chat: CHANNEL, sender_chat: CHANNEL, from: PERSON }, kind),
      );
      expect(update).toMatchObject({ sender: null, chat: { type: "channel" } });
      expect(update.flags).toContain("channel_post");
    }
  });

  test.each([
    ["an inline bot's text", { via_bot: { id: 9, is_bot: true } }, "via_bot"],
    ["a forward", { forward_origin: { type: "hidden_user", sender_user_name: "x" } }, "forwarded"],
    ["a forward as an older server tells it", { forward_date: 1 }, "forwarded"],
    ["another bot", { from: { id: 8, is_bot: true } }, "from_bot"],
  ])("%s is flagged", (_, message, flag) => {
    expect(classifyUpdate(messageUpdate({ text: "/stop", ...message }))).toMatchObject({
      kind: "command",
      flags: [flag],
    });
  });

  test.each([[undefined], [{}], [{ id: "7" }], [{ id: 7.5 }], [{ id: -7 }], [{ id: 2 ** 60 }], ["7"]])(
    "from = %j is nobody",
    (from) => {
      expect(classifyUpdate(messageUpdate({ from })).sender).toBeNull();
    },
  );
});

describe("mentions", () => {
  test("are what the server marked, in text and caption, in any case", () => {
    expect(classifyUpdate(mentioning("Steward_Bot")).mentions).toEqual(["steward_bot"]);
    const caption = { text: undefined, photo: [{ file_id: "p" }], caption: "@a_b_c", entities: undefined };
    const marked = { ...caption, caption_entities: [{ type: "mention", offset: 0, length: 6 }] };
    expect(classifyUpdate(groupMessage(marked)).mentions).toEqual(["a_b_c"]);
    const byName = { type: "text_mention", offset: 0, length: 3, user: { id: 1, username: "Steward_Bot" } };
    expect(classifyUpdate(groupMessage({ entities: [byName] })).mentions).toEqual(["steward_bot"]);
  });

  test("text that only looks like one is none", () => {
    expect(classifyUpdate(groupMessage({ text: "mail@steward_bot" })).mentions).toEqual([]);
    const outside = [
      { type: "mention", offset: 500, length: 5 },
      { type: "mention", offset: -3, length: 9 },
      null,
      4,
    ];
    expect(classifyUpdate(groupMessage({ entities: outside })).mentions).toEqual([]);
  });
});

describe("other updates", () => {
  test("a pressed button", () => {
    expect(classifyUpdate(callbackUpdate())).toMatchObject({
      kind: "callback",
      updateId: 1001,
      callback: { id: "cb1", data: "a:abc:allow" },
      text: "a:abc:allow",
      sender: { id: "7" },
      chat: { id: "7" },
      messageId: 6,
    });
  });

  test("a button under a message that is too old to be seen still has its place", () => {
    const message = { message_id: 6, date: 0, chat: PRIVATE_CHAT };
    expect(classifyUpdate(callbackUpdate({ message }))).toMatchObject({ kind: "callback", messageId: 6 });
  });

  test("a button of an inline message or a game is not ours", () => {
    expect(kindOf(callbackUpdate({ message: undefined, inline_message_id: "x" }))).toBe("unsupported");
    expect(kindOf(callbackUpdate({ data: undefined, game_short_name: "x" }))).toBe("unsupported");
  });

  test("being blocked, added, removed", () => {
    const my_chat_member = {
      chat: PRIVATE_CHAT,
      from: PERSON,
      date: 1,
      old_chat_member: { status: "member" },
      new_chat_member: { status: "kicked" },
    };
    expect(classifyUpdate({ update_id: 3, my_chat_member })).toMatchObject({
      kind: "membership",
      membership: { oldStatus: "member", newStatus: "kicked" },
      sender: { id: "7" },
    });
  });

  test("a group that becomes a supergroup, told from either side", () => {
    const group = { id: -5, type: "group", title: "Team" };
    const leaving = groupMessage({ chat: group, text: undefined, migrate_to_chat_id: -100123 });
    const arriving = groupMessage({ text: undefined, migrate_from_chat_id: -5 });
    for (const raw of [leaving, arriving]) {
      expect(classifyUpdate(raw)).toMatchObject({
        kind: "membership",
        migration: { fromChatId: "-5", toChatId: "-100123" },
      });
    }
  });

  test("what a person sent and we cannot take is told apart from service messages", () => {
    expect(classifyUpdate(messageUpdate({ text: undefined, story: { id: 1 } }))).toMatchObject({
      kind: "unsupported",
      unsupportedContent: "story",
      sender: { id: "7" },
    });
    const service = classifyUpdate(groupMessage({ text: undefined, pinned_message: {} }));
    expect(service).toMatchObject({ kind: "unsupported", reason: "content pinned_message" });
    expect(service.unsupportedContent).toBeUndefined();
  });

  test.each([
    "inline_query",
    "business_message",
    "guest_message",
    "message_reaction",
    "poll",
    "of_next_year",
    "toString",
  ])("%s is not for us", (name) => {
    expect(classifyUpdate({ update_id: 4, [name]: { from: PERSON } })).toMatchObject({
      kind: "unsupported",
      updateId: 4,
      sender: null,
      reason: `update ${name}`,
    });
  });
});

describe("malformed", () => {
  test.each<[unknown]>([
    [undefined],
    [null],
    ["update"],
    [[]],
    [{}],
    [{ message: {} }],
    [{ update_id: "5", message: {} }],
    [{ update_id: -1, message: {} }],
    [{ update_id: 5 }],
    [{ update_id: 5, message: null }],
    [{ update_id: 5, message: [] }],
    [{ update_id: 5, message: {} }],
    [messageUpdate({ chat: undefined })],
    [messageUpdate({ chat: { id: "7", type: "private" } })],
    [messageUpdate({ chat: { id: 0, type: "private" } })],
    [messageUpdate({ chat: { id: 7, type: "castle" } })],
    [messageUpdate({ message_id: undefined })],
    [{ ...messageUpdate(), ...callbackUpdate() }],
    [callbackUpdate({ id: undefined })],
    [callbackUpdate({ from: undefined })],
    [{ update_id: 5, my_chat_member: { chat: PRIVATE_CHAT } }],
  ])("%j", (raw) => {
    const update = classifyUpdate(raw);
    expect(update.kind).toBe("malformed");
    expect(update.reason).toBeTruthy();
    expect(update.sender).toBeNull();
  });

  test("keeps its id, so that it can be acknowledged", () => {
    expect(classifyUpdate({ update_id: 5, message: 1 }).updateId).toBe(5);
  });

  test("nothing makes it throw, and no sender comes out of thin air", () => {
    const names = [
      "message",
      "edited_message",
      "channel_post",
      "callback_query",
      "my_chat_member",
      "constructor",
    ];
    const keys = [
      "chat",
      "from",
      "text",
      "id",
      "type",
      "entities",
      "photo",
      "reply_to_message",
      "message",
      "data",
    ];
    const json = fc.object({
      key: fc.constantFrom(...keys, ...names, "__proto__"),
      maxDepth: 4,
      withNullPrototype: true,
    });
    const raw = fc.oneof(
      fc.anything(),
      fc.tuple(fc.constantFrom(...names), fc.oneof(json, fc.anything())).map(([name, payload]) => ({
        update_id: 5,
        [name]: payload,
      })),
      fc.record({
        update_id: fc.constant(5),
        message: fc.record(
          {
            chat: fc.constant(PRIVATE_CHAT),
            message_id: fc.nat(),
            from: fc.anything(),
            text: fc.anything(),
            entities: fc.anything(),
            reply_to_message: fc.anything(),
            photo: fc.anything(),
            sender_chat: fc.anything(),
          },
          { requiredKeys: ["chat", "message_id"] },
        ),
      }),
    );
    fc.assert(
      fc.property(raw, (value) => {
        const update = classifyUpdate(value);
        expect(update.raw).toBe(value);
        if (update.sender !== null) expect(update.sender.id).toMatch(/^[1-9]\d*$/);
        if (update.chat !== null) expect(update.chat.id).toMatch(/^-?[1-9]\d*$/);
        expect(typeof update.text).toBe("string");
      }),
      { numRuns: 500 },
    );
  });
});
