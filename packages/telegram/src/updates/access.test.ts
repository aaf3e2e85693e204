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
} from "../../test/updates.ts";
import { type AccessList, decideAccess } from "./access.ts";
import { classifyUpdate } from "./classify-update.ts";

const LIST: AccessList = { userIds: ["7"], chatIds: ["-100123"] };
const STRANGER = { ...PERSON, id: 666, username: "annlee" };
const strangersChat = { chat: { id: 666, type: "private" }, from: STRANGER };

const decide = (raw: unknown, accessList: AccessList | null = LIST) =>
  decideAccess({ update: classifyUpdate(raw), accessList, botUsername: "steward_bot" });
const reasonOf = (raw: unknown, accessList: AccessList | null = LIST): string => {
  const decision = decide(raw, accessList);
  return decision.decision === "deny" ? decision.reason : decision.decision;
};

describe("a paired person", () => {
  test.each([
    ["writes", messageUpdate()],
    ["commands", messageUpdate({ text: "/start abc" })],
    ["presses a button", callbackUpdate()],
    ["edits", messageUpdate({ text: "better" }, "edited_message")],
    ["forwards something", messageUpdate({ forward_origin: { type: "hidden_user" } })],
    ["sends what we cannot take", messageUpdate({ text: undefined, story: {} })],
    ["mentions the bot in a group", mentioning("Steward_Bot")],
    ["commands in a group", groupMessage({ text: "/status" })],
    ["commands this bot in a group", groupMessage({ text: "/status@Steward_Bot" })],
    ["presses a button in a group", callbackUpdate({ message: { message_id: 1, chat: GROUP } })],
    [
      "replies to the bot in a group",
      groupMessage({
        reply_to_message: { message_id: 1, text: "x", from: { id: 1, username: "steward_bot" } },
      }),
    ],
  ])("who %s is let in", (_, raw) => {
    expect(decide(raw)).toEqual({ decision: "allow" });
  });

  test.each([
    ["a forwarded command", messageUpdate({ text: "/stop", forward_origin: {} }), "forwarded_command"],
    ["an inline bot's text", messageUpdate({ via_bot: { id: 9 } }), "via_bot"],
    ["a command for another bot", groupMessage({ text: "/stop@other_bot" }), "other_bot"],
    ["talk in a group that is not for the bot", groupMessage(), "not_addressed"],
    [
      "an edit in a group that is not for the bot",
      { update_id: 1, edited_message: { message_id: 1, chat: GROUP, from: PERSON, text: "x" } },
      "not_addressed",
    ],
    ["a mention of another bot", mentioning("steward_bot_2"), "not_addressed"],
    [
      "a group that is not on the list",
      mentioning("steward_bot", { chat: { ...GROUP, id: -1 } }),
      "unknown_chat",
    ],
    ["somebody else's private chat", messageUpdate({ chat: { id: 8, type: "private" } }), "no_sender"],
  ])("is not let in by %s", (_, raw, reason) => {
    expect(reasonOf(raw)).toBe(reason);
  });
});

describe("nobody in particular", () => {
  test.each([
    ["an anonymous admin", mentioning("steward_bot", { from: ANONYMOUS_ADMIN, sender_chat: GROUP })],
    ["a person under a channel's name", mentioning("steward_bot", { sender_chat: CHANNEL })],
    ["a message without from", messageUpdate({ from: undefined })],
  ])("%s is denied", (_, raw) => {
    expect(reasonOf(raw)).toBe("no_sender");
  });

  test("a channel post, a bot, and what cannot be read are denied", () => {
    const inChannel = messageUpdate({ chat: CHANNEL }, "channel_post");
    expect(reasonOf(inChannel, { userIds: ["7"], chatIds: [String(CHANNEL.id)] })).toBe("channel");
    expect(reasonOf(messageUpdate({ from: { ...PERSON, is_bot: true } }))).toBe("bot");
    expect(reasonOf(callbackUpdate({ from: { ...PERSON, is_bot: true } }))).toBe("bot");
    expect(reasonOf({ update_id: 1, message: {} })).toBe("malformed");
    expect(reasonOf({ update_id: 1, inline_query: { from: PERSON } })).toBe("no_chat");
  });
});

describe("a stranger", () => {
  test("who sends /start in a private chat may ask to be paired", () => {
    expect(decide(messageUpdate({ ...strangersChat, text: "/start ABCD-2345" }))).toEqual({
      decision: "pairing",
      payload: "ABCD-2345",
    });
  });

  test.each([
    ["text", messageUpdate(strangersChat)],
    ["/help", messageUpdate({ ...strangersChat, text: "/help" })],
    [
      "a pressed button",
      callbackUpdate({ from: STRANGER, message: { message_id: 1, chat: strangersChat.chat } }),
    ],
    ["an edit", messageUpdate({ ...strangersChat, text: "/start" }, "edited_message")],
    [
      "a file",
      messageUpdate({ ...strangersChat, text: undefined, caption: "/start", document: { file_id: "x" } }),
    ],
    [
      "a blocked bot",
      {
        update_id: 1,
        my_chat_member: { chat: strangersChat.chat, from: STRANGER, new_chat_member: { status: "kicked" } },
      },
    ],
    ["/start in a group", groupMessage({ from: STRANGER, text: "/start" })],
    ["a mention in a group that is on the list", mentioning("steward_bot", { from: STRANGER })],
    [
      "a known person's button in a group",
      callbackUpdate({ from: STRANGER, message: { message_id: 1, chat: GROUP } }),
    ],
  ])("gets nothing for %s", (_, raw) => {
    expect(reasonOf(raw)).toBe("unknown_sender");
  });

  test("cannot knock with another's words, for another bot, or as a bot", () => {
    const start = { ...strangersChat, text: "/start" };
    expect(reasonOf(messageUpdate({ ...start, forward_origin: {} }))).toBe("forwarded_command");
    expect(reasonOf(messageUpdate({ ...start, via_bot: {} }))).toBe("via_bot");
    expect(reasonOf(messageUpdate({ ...start, text: "/start@other_bot" }))).toBe("other_bot");
    expect(reasonOf(messageUpdate({ ...start, from: { ...STRANGER, is_bot: true } }))).toBe("bot");
    expect(reasonOf(messageUpdate({ ...start, sender_chat: GROUP }))).toBe("no_sender");
  });

  test("with a known person's username is still a stranger", () => {
    expect(reasonOf(messageUpdate(strangersChat), { userIds: ["annlee", "@annlee", "7"], chatIds: [] })).toBe(
      "unknown_sender",
    );
  });
});

describe("the list", () => {
  test("empty means nobody", () => {
    expect(reasonOf(messageUpdate(), { userIds: [], chatIds: [] })).toBe("unknown_sender");
  });

  test.each([[null], [undefined], [{}], [{ userIds: "7" }], [{ userIds: ["7"] }], ["7"]])(
    "that could not be loaded (%j) means nobody, and no pairing either",
    (list) => {
      const broken = list as unknown as AccessList;
      for (const raw of [messageUpdate(), messageUpdate({ ...strangersChat, text: "/start" })]) {
        const update = classifyUpdate(raw);
        expect(decideAccess({ update, accessList: broken, botUsername: "steward_bot" })).toEqual({
          decision: "deny",
          reason: "no_access_list",
        });
      }
    },
  );

  test("with numbers instead of text matches nobody", () => {
    expect(reasonOf(messageUpdate(), { userIds: [7] as unknown as string[], chatIds: [] })).toBe(
      "unknown_sender",
    );
  });
});
