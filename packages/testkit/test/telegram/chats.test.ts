import { describe, expect, test } from "vitest";
import { botClient } from "./bot-client.ts";
import { startFixture } from "./fixture.ts";

describe("private chats", () => {
  test("a block is told, refuses writes, and ends with an unblock", async () => {
    const { call, chat_id, dm, telegram, bot } = await startFixture();
    dm.block();
    expect(telegram.pendingUpdates(bot).at(-1)?.my_chat_member).toMatchObject({
      old_chat_member: { status: "member" },
      new_chat_member: { status: "kicked", user: { id: bot.id } },
    });
    expect(await call("sendMessage", { chat_id, text: "x" })).toMatchObject({
      error_code: 403,
      description: "Forbidden: bot was blocked by the user",
    });
    expect(() => dm.sendText("x")).toThrow("blocked");
    dm.unblock();
    expect((await call("sendMessage", { chat_id, text: "x" })).ok).toBe(true);
    telegram.assertNoViolations();
  });

  test("a deactivated account is refused", async () => {
    const { call, chat_id, alice } = await startFixture();
    alice.deactivate();
    expect((await call("sendMessage", { chat_id, text: "x" })).description).toBe(
      "Forbidden: user is deactivated",
    );
  });

  test("two bots have separate chats with the same person, under the same id", async () => {
    const { call, chat_id, telegram, bot, alice } = await startFixture();
    const other = telegram.addBot({ username: "other_bot" });
    alice.in(other).sendText("hi other");
    await call("sendMessage", { chat_id, text: "from the first" });
    const textsOf = (one: typeof bot) => telegram.transcript(one, alice).messages.map(({ text }) => text);
    expect(textsOf(bot)).toEqual(["hello", "from the first"]);
    expect(textsOf(other)).toEqual(["hi other"]);
  });

  test("topics: created by the bot, echoed in updates, refused when deleted", async () => {
    const { telegram } = await startFixture();
    const bot = telegram.addBot({ hasTopicsEnabled: true, allowsUsersToCreateTopics: true });
    const call = botClient(telegram, bot);
    const bob = telegram.user({ first_name: "Bob" });
    const dm = bob.in(bot);
    dm.sendText("hi");
    const chat_id = bob.id;
    expect((await call("getMe")).result).toMatchObject({
      has_topics_enabled: true,
      allows_users_to_create_topics: true,
    });
    const { result: topic } = await call("createForumTopic", { chat_id, name: "Session" });
    const message_thread_id = topic.message_thread_id;
    dm.sendText("in the topic", { thread: message_thread_id });
    expect(telegram.pendingUpdates(bot).at(-1)?.message).toMatchObject({
      message_thread_id,
      is_topic_message: true,
    });
    const sent = await call("sendMessage", { chat_id, message_thread_id, text: "answer" });
    expect(sent.result).toMatchObject({ message_thread_id, is_topic_message: true });
    await call("editForumTopic", { chat_id, message_thread_id, name: "Fix the tests" });
    expect(telegram.transcript(bot, bob).topics).toMatchObject([{ name: "Fix the tests" }]);
    expect(
      telegram.transcript(bot, bob, { thread: message_thread_id }).visible.map(({ text }) => text),
    ).toEqual(["", "in the topic", "answer", ""]);
    await call("deleteForumTopic", { chat_id, message_thread_id });
    expect((await call("sendMessage", { chat_id, message_thread_id, text: "x" })).description).toBe(
      "Bad Request: message thread not found",
    );
    const own = dm.createTopic("Mine");
    expect(telegram.pendingUpdates(bot).at(-1)?.message).toMatchObject({
      message_thread_id: own,
      forum_topic_created: { name: "Mine" },
    });
    telegram.assertNoViolations();
  });
});

describe("groups", () => {
  test("privacy mode: only commands, mentions and replies reach a plain member; an administrator sees all", async () => {
    const { telegram, bot, alice, call } = await startFixture();
    const group = telegram.group({ owner: alice, title: "Team" });
    group.addBot(bot);
    const seat = alice.in(group);
    const other = telegram.addBot({ username: "other_bot" });
    group.addBot(other);
    const seen = () =>
      telegram.pendingUpdates(bot).map((update) => (update.message as { text?: string })?.text);

    const { result } = await call("sendMessage", { chat_id: group.id, text: "hello all" });
    seat.sendText("nothing for bots");
    seat.sendText("@Steward_Bot are you there?");
    seat.sendCommand("status", "", { to: other });
    seat.sendCommand("status");
    seat.sendText("a reply", { replyTo: { id: result.message_id } });
    expect(seen().filter((text) => text !== undefined)).toEqual([
      "hello",
      "@Steward_Bot are you there?",
      "/status",
      "a reply",
    ]);
    group.setBotStatus(bot, "administrator");
    seat.sendText("now you hear me");
    expect(seen().at(-1)).toBe("now you hear me");
  });

  test("replies in a plain supergroup carry a thread id that is no topic, and must not be echoed", async () => {
    const { telegram, bot, alice, call } = await startFixture();
    const group = telegram.group({ owner: alice });
    group.addBot(bot, "administrator");
    const seat = alice.in(group);
    const first = seat.sendText("one");
    seat.sendText("two", { replyTo: first });
    const update = telegram.pendingUpdates(bot).at(-1)?.message;
    expect(update).toMatchObject({ message_thread_id: first.id });
    expect(update).not.toHaveProperty("is_topic_message");
    await call("sendMessage", { chat_id: group.id, text: "x", message_thread_id: first.id });
    expect(() => telegram.assertNoViolations()).toThrow("a chat without topics");
  });

  test("a forum: topics by id, General by no id, a closed or deleted one is refused", async () => {
    const { telegram, bot, alice, call } = await startFixture();
    const group = telegram.group({ owner: alice, forum: true });
    group.addBot(bot, "administrator");
    const chat_id = group.id;
    const thread = group.createTopic("Builds");
    alice.in(group).sendText("in builds", { thread });
    expect(telegram.pendingUpdates(bot).at(-1)?.message).toMatchObject({
      chat: { is_forum: true },
      message_thread_id: thread,
      is_topic_message: true,
      reply_to_message: { forum_topic_created: { name: "Builds" } },
    });
    const send = (message_thread_id?: number) =>
      call("sendMessage", { chat_id, text: "x", message_thread_id });
    expect((await send(thread)).ok).toBe(true);
    expect((await send()).ok).toBe(true);
    expect((await send(1)).description).toBe("Bad Request: message thread not found");
    await call("closeForumTopic", { chat_id, message_thread_id: thread });
    expect((await send(thread)).description).toBe("Bad Request: TOPIC_CLOSED");
    group.deleteTopic(thread);
    expect((await send(thread)).description).toBe("Bad Request: message thread not found");
  });

  test("a kicked bot, a bot that left, a deleted group", async () => {
    const { telegram, bot, alice, call } = await startFixture();
    const group = telegram.group({ owner: alice });
    const basic = telegram.group({ owner: alice, type: "group" });
    group.addBot(bot);
    basic.addBot(bot);
    const refused = async (chat_id: number) =>
      (await call("sendMessage", { chat_id, text: "x" })).description;
    group.kick(bot);
    expect(await refused(group.id)).toBe("Forbidden: bot was kicked from the supergroup chat");
    basic.deleteGroup();
    expect(await refused(basic.id)).toBe("Forbidden: the group chat was deleted");
    group.addBot(bot);
    await call("leaveChat", { chat_id: group.id });
    expect(await refused(group.id)).toBe("Forbidden: bot is not a member of the supergroup chat");
    telegram.assertNoViolations();
  });

  test("an upgraded group says where it went", async () => {
    const { telegram, bot, alice, call } = await startFixture();
    const group = telegram.group({ owner: alice, type: "group" });
    group.addBot(bot);
    const oldId = group.id;
    const newId = group.migrate();
    const updates = telegram.pendingUpdates(bot).map(({ message }) => message);
    expect(updates.slice(-2)).toMatchObject([
      { chat: { id: oldId }, migrate_to_chat_id: newId },
      { chat: { id: newId, type: "supergroup" }, migrate_from_chat_id: oldId },
    ]);
    expect(await call("sendMessage", { chat_id: oldId, text: "x" })).toMatchObject({
      error_code: 400,
      description: "Bad Request: group chat was upgraded to a supergroup chat",
      parameters: { migrate_to_chat_id: newId },
    });
    expect((await call("sendMessage", { chat_id: newId, text: "x" })).ok).toBe(true);
  });

  test("members and administrators can be asked for", async () => {
    const { telegram, bot, alice, call } = await startFixture();
    const group = telegram.group({ owner: alice, title: "Team" });
    group.addBot(bot);
    const chat_id = group.id;
    const bob = telegram.user({ first_name: "Bob" });
    const status = async (user_id: number) =>
      (await call("getChatMember", { chat_id, user_id })).result.status;
    expect([await status(alice.id), await status(bot.id), await status(bob.id)]).toEqual([
      "creator",
      "member",
      "left",
    ]);
    expect((await call("getChat", { chat_id })).result).toMatchObject({ title: "Team", type: "supergroup" });
    expect((await call("getChatAdministrators", { chat_id })).result).toHaveLength(1);
  });
});

describe("drafts", () => {
  test("frames animate one draft, the message replaces it, Stop ends it", async () => {
    const { telegram, bot, alice, call, chat_id, dm } = await startFixture();
    for (const text of ["", "Th", "Thinking"])
      await call("sendMessageDraft", { chat_id, draft_id: 7, text, can_stop: true });
    const draft = () => telegram.transcript(bot, alice).drafts.at(-1);
    expect(draft()).toMatchObject({ draftId: 7, text: "Thinking", state: "live" });
    dm.stopGeneration();
    expect(telegram.pendingUpdates(bot).at(-1)?.stopped_message_generation).toMatchObject({ draft_id: 7 });
    expect(draft()?.state).toBe("stopped");
    await call("sendMessageDraft", { chat_id, draft_id: 8, text: "again" });
    await call("sendMessage", { chat_id, text: "final" });
    expect(draft()?.state).toBe("replaced");
  });

  test("a draft that is not refreshed expires after 30 seconds; groups take none", async () => {
    const { createFakeClock } = await import("@steward/platform/clock");
    const clock = createFakeClock();
    const { telegram, bot, alice, call, chat_id } = await startFixture({ clock });
    await call("sendMessageDraft", { chat_id, draft_id: 1, text: "x" });
    await clock.advance(29_999);
    const state = () => telegram.transcript(bot, alice).drafts[0]?.state;
    expect(state()).toBe("live");
    await clock.advance(1);
    expect(state()).toBe("expired");
    const group = telegram.group({ owner: alice });
    group.addBot(bot);
    expect((await call("sendMessageDraft", { chat_id: group.id, draft_id: 1, text: "x" })).ok).toBe(false);
  });
});
