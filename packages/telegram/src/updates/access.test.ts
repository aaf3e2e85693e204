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

const TEAM = { id: "-100123", admitsEveryone: false, listensAlways: false };
const LIST: AccessList = { userIds: ["7"], managerIds: [], chats: [TEAM] };
const PUBLIC: AccessList = { ...LIST, chats: [{ ...TEAM, admitsEveryone: true }] };
const LISTENING: AccessList = { ...LIST, chats: [{ ...TEAM, listensAlways: true }] };
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
    ["a command in a group that may be for any bot", groupMessage({ text: "/status" }), "not_addressed"],
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
    expect(reasonOf(inChannel, { ...LIST, chats: [{ ...TEAM, id: String(CHANNEL.id) }] })).toBe("channel");
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
    expect(reasonOf(messageUpdate(strangersChat), { ...LIST, userIds: ["annlee", "@annlee", "7"] })).toBe(
      "unknown_sender",
    );
  });
});

describe("a group", () => {
  const STRANGERS_WORDS = mentioning("steward_bot", { from: STRANGER });
  const bot = (newStatus: string, chat: object = GROUP, from: object = STRANGER) => ({
    update_id: 3,
    my_chat_member: {
      chat,
      from,
      old_chat_member: { status: "member" },
      new_chat_member: { status: newStatus },
    },
  });
  const moved = (message: object) => groupMessage({ text: undefined, ...message });
  const anonymous = { from: ANONYMOUS_ADMIN, sender_chat: GROUP };
  const other = { ...GROUP, id: -100777 };

  test("that serves everyone takes strangers' words when they are for the bot, and no presses of theirs", () => {
    expect(reasonOf(STRANGERS_WORDS)).toBe("unknown_sender");
    expect(reasonOf(STRANGERS_WORDS, PUBLIC)).toBe("allow");
    expect(reasonOf(groupMessage({ from: STRANGER }), PUBLIC)).toBe("not_addressed");
    const press = callbackUpdate({ from: STRANGER, message: { message_id: 1, chat: GROUP } });
    expect(reasonOf(press, PUBLIC)).toBe("unknown_sender");
    expect(reasonOf(mentioning("steward_bot", anonymous), PUBLIC)).toBe("no_sender");
  });

  test("that is listened to takes what is addressed to nobody, but not what is for another bot", () => {
    expect(reasonOf(groupMessage(), LISTENING)).toBe("allow");
    expect(reasonOf(groupMessage({ text: "/status" }), LISTENING)).toBe("allow");
    expect(reasonOf(groupMessage({ text: "/status@other_bot" }), LISTENING)).toBe("other_bot");
    expect(reasonOf(groupMessage({ from: STRANGER }), LISTENING)).toBe("unknown_sender");
    expect(reasonOf(groupMessage(anonymous), LISTENING)).toBe("no_sender");
  });

  test("that is not on the list is put there by a manager's /allow with the bot's name alone", () => {
    const allow = (text: string, list: AccessList, message: object = {}) =>
      reasonOf(groupMessage({ text, chat: other, ...message }), list);
    const managed = { ...LIST, managerIds: ["7"] };
    expect(allow("/allow@steward_bot", managed)).toBe("allow");
    expect(allow("/allow", managed)).toBe("unknown_chat");
    expect(allow("/allow@other_bot", managed)).toBe("other_bot");
    expect(allow("/allow@steward_bot", LIST)).toBe("unknown_chat");
    expect(allow("/allow@steward_bot", managed, { from: STRANGER })).toBe("unknown_sender");
    expect(allow("/allow@steward_bot", managed, { ...anonymous, chat: other })).toBe("no_sender");
    expect(allow("/status@steward_bot", managed)).toBe("unknown_chat");
  });

  test("that throws the bot out, or moves, is heard whoever did it; one that is not on the list is not", () => {
    expect(reasonOf(bot("kicked"))).toBe("allow");
    expect(reasonOf(bot("member", other))).toBe("unknown_sender");
    expect(reasonOf(bot("member", other, PERSON))).toBe("allow");
    const group = { ...GROUP, id: -5, type: "group" };
    expect(reasonOf(moved({ migrate_from_chat_id: -5, ...anonymous }))).toBe("allow");
    expect(reasonOf(moved({ chat: group, migrate_to_chat_id: -100123, ...anonymous }))).toBe("allow");
    expect(reasonOf(moved({ chat: group, migrate_to_chat_id: -100777, from: STRANGER }))).toBe(
      "unknown_sender",
    );
  });
});

describe("the list", () => {
  test("empty means nobody", () => {
    expect(reasonOf(messageUpdate(), { ...LIST, userIds: [] })).toBe("unknown_sender");
  });

  const HALF = { userIds: ["7"], managerIds: [] };
  test.each([[null], [undefined], [{}], [{ userIds: "7" }], [{ userIds: ["7"] }], [HALF], ["7"]])(
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
    expect(reasonOf(messageUpdate(), { ...LIST, userIds: [7] as unknown as string[] })).toBe(
      "unknown_sender",
    );
  });
});
