import { describe, expect, test } from "vitest";
import { startFixture } from "./fixture.ts";

const NOT_MODIFIED =
  "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a " +
  "current content and reply markup of the message";

describe("sending and editing", () => {
  test("a sent message comes back as Telegram would show it", async () => {
    const { call, chat_id, hello } = await startFixture();
    const { result } = await call("sendMessage", {
      chat_id,
      text: "  Done: see /status\n",
      entities: [{ type: "bold", offset: 2, length: 4 }],
      reply_parameters: { message_id: hello.id, allow_sending_without_reply: true },
      disable_notification: true,
    });
    expect(result).toMatchObject({
      message_id: hello.id + 1,
      from: { is_bot: true, username: "steward_bot" },
      chat: { id: chat_id, type: "private", first_name: "Alice" },
      text: "Done: see /status",
      reply_to_message: { message_id: hello.id, text: "hello" },
    });
    expect(result.entities).toEqual([
      { type: "bold", offset: 0, length: 4 },
      { type: "bot_command", offset: 10, length: 7 },
    ]);
    expect(result.date).toBe(Math.floor(result.date));
    expect(Math.abs(result.date - Date.now() / 1000)).toBeLessThan(5);
  });

  test("an edit keeps the history, drops the keyboard unless repeated, and refuses what changes nothing", async () => {
    const { call, chat_id, telegram, bot, alice } = await startFixture();
    const reply_markup = { inline_keyboard: [[{ text: "Stop", callback_data: "stop" }]] };
    const { result } = await call("sendMessage", { chat_id, text: "Working…", reply_markup });
    const message_id = result.message_id;
    expect(
      (await call("editMessageText", { chat_id, message_id, text: "Working…", reply_markup })).description,
    ).toBe(NOT_MODIFIED);
    expect((await call("editMessageText", { chat_id, message_id, text: "Done" })).ok).toBe(true);
    const [, message] = telegram.transcript(bot, alice).messages;
    expect(message).toMatchObject({ text: "Done", edits: 1, replyMarkup: undefined });
    expect(message?.versions.map(({ text }) => text)).toEqual(["Working…", "Done"]);
    expect(telegram.violations).toEqual([]);
  });

  test("message ids are shared by a bot's private chats and start anew in each supergroup", async () => {
    const { telegram, bot, dm, hello } = await startFixture();
    const bob = telegram.user({ first_name: "Bob" });
    const fromBob = bob.in(bot).sendText("hi");
    expect([hello.id, fromBob.id, dm.sendText("again").id]).toEqual([1, 2, 3]);
    const [one, two] = [telegram.group({ owner: bob }), telegram.group({ owner: bob })];
    expect([bob.in(one).sendText("a").id, bob.in(two).sendText("b").id]).toEqual([1, 1]);
  });

  test("deleting, forwarding, copying and reacting to what is gone is refused in Telegram's words", async () => {
    const { call, chat_id, telegram } = await startFixture();
    const gone = { chat_id, message_id: 999 };
    const said = async (method: string, params: Record<string, unknown>) =>
      (await call(method, params)).description;
    expect(await said("editMessageText", { ...gone, text: "x" })).toBe(
      "Bad Request: message to edit not found",
    );
    expect(await said("deleteMessage", gone)).toBe("Bad Request: message to delete not found");
    expect(await said("setMessageReaction", gone)).toBe("Bad Request: message to react not found");
    expect(await said("pinChatMessage", gone)).toBe("Bad Request: message to pin not found");
    const from = { ...gone, from_chat_id: chat_id };
    expect(await said("forwardMessage", from)).toBe("Bad Request: message to forward not found");
    expect(await said("copyMessage", from)).toBe("Bad Request: message to copy not found");
    const reply = { chat_id, text: "x", reply_parameters: { message_id: 999 } };
    expect(await said("sendMessage", reply)).toBe("Bad Request: message to be replied not found");
    expect(telegram.violations).toEqual([]);
  });

  test("a reply to a message that is gone is sent without it when the bot allows so", async () => {
    const { call, chat_id, dm, hello } = await startFixture();
    dm.delete(hello);
    const reply_parameters = { message_id: hello.id, allow_sending_without_reply: true };
    const { result } = await call("sendMessage", { chat_id, text: "x", reply_parameters });
    expect(result.reply_to_message).toBeUndefined();
  });

  test("a bot may edit only its own messages, and deletes nothing older than 48 hours", async () => {
    const { createFakeClock } = await import("@steward/platform/clock");
    const clock = createFakeClock();
    const { call, chat_id, hello } = await startFixture({ clock });
    const { result } = await call("sendMessage", { chat_id, text: "mine" });
    expect((await call("editMessageText", { chat_id, message_id: hello.id, text: "x" })).description).toBe(
      "Bad Request: message can't be edited",
    );
    await clock.advance(48 * 3600 * 1000 + 1);
    expect((await call("deleteMessage", { chat_id, message_id: result.message_id })).description).toBe(
      "Bad Request: message can't be deleted for everyone",
    );
    expect(
      (await call("editMessageText", { chat_id, message_id: result.message_id, text: "later" })).ok,
    ).toBe(true);
  });
});

describe("reactions, actions, callbacks", () => {
  test("one reaction from the fixed list, cleared by an empty list", async () => {
    const { call, chat_id, hello, telegram, bot, alice } = await startFixture();
    const react = (...emoji: string[]) =>
      call("setMessageReaction", {
        chat_id,
        message_id: hello.id,
        reaction: emoji.map((one) => ({ type: "emoji", emoji: one })),
      });
    expect((await react("✅")).description).toBe("Bad Request: REACTION_INVALID");
    await react("👀");
    await react("👌");
    const reacted = () => telegram.transcript(bot, alice).messages[0];
    expect(reacted()?.reactions).toEqual([{ actorId: bot.id, reaction: { type: "emoji", emoji: "👌" } }]);
    await react();
    expect(reacted()?.reactions).toEqual([]);
    expect(reacted()?.reactionLog).toHaveLength(3);
    expect(telegram.violations.map(({ message }) => message)).toEqual(["Bad Request: REACTION_INVALID"]);
  });

  test("a pressed button reaches the bot and can be answered once, in time", async () => {
    const { createFakeClock } = await import("@steward/platform/clock");
    const clock = createFakeClock();
    const { call, chat_id, dm, telegram, bot } = await startFixture({ clock });
    const reply_markup = { inline_keyboard: [[{ text: "✅ Allow", callback_data: "a:1:yes" }]] };
    const { result } = await call("sendMessage", { chat_id, text: "May I?", reply_markup });
    const message = { id: result.message_id };

    const press = dm.pressButton(message, "✅ Allow");
    const update = telegram.pendingUpdates(bot).at(-1)?.callback_query;
    expect(update).toMatchObject({
      id: press.id,
      data: "a:1:yes",
      message: { message_id: message.id, text: "May I?" },
    });
    const answer = { callback_query_id: press.id, text: "Allowed" };
    expect((await call("answerCallbackQuery", answer)).ok).toBe(true);
    expect(press.answer?.text).toBe("Allowed");

    const late = dm.pressButton(message, "a:1:yes");
    await clock.advance(60_000);
    expect((await call("answerCallbackQuery", { callback_query_id: late.id })).description).toBe(
      "Bad Request: query is too old and response timeout expired or query ID is invalid",
    );
  });

  test("only buttons on the screen can be pressed, unless the client is behind", async () => {
    const { call, chat_id, dm, telegram } = await startFixture();
    const reply_markup = { inline_keyboard: [[{ text: "Stop", callback_data: "stop" }]] };
    const { result } = await call("sendMessage", { chat_id, text: "Working…", reply_markup });
    const message_id = result.message_id;
    await call("editMessageText", { chat_id, message_id, text: "Done" });
    expect(() => dm.pressButton(message_id, "stop")).toThrow(`shows no button "stop"`);
    expect(dm.pressButton(message_id, "stop", { stale: true }).data).toBe("stop");
    telegram.assertNoViolations();
  });

  test("chat actions are kept with their time", async () => {
    const { call, chat_id, telegram, bot, alice } = await startFixture();
    await call("sendChatAction", { chat_id, action: "typing" });
    expect(telegram.transcript(bot, alice).actions).toMatchObject([{ action: "typing" }]);
    expect((await call("sendChatAction", { chat_id, action: "thinking" })).description).toBe(
      "Bad Request: wrong parameter action in request",
    );
  });
});
