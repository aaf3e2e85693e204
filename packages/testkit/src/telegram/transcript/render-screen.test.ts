import { expect, test } from "vitest";
import { startTelegramEmulator } from "../emulator.ts";

test("a screen shows what stands there now: texts, buttons, replies and reactions, no ids and no times", async () => {
  const emulator = await startTelegramEmulator();
  const bot = emulator.addBot({ username: "steward_bot" });
  const ada = emulator.user({ first_name: "Ada" });
  const call = async (method: string, args: object) => {
    const response = await fetch(`${emulator.url}/bot${bot.token}/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ chat_id: ada.id, ...args }),
    });
    return ((await response.json()) as { result: { message_id: number } }).result.message_id;
  };
  const hello = ada.in(bot).sendText("hello");
  const gone = await call("sendMessage", { text: "a slip" });
  await call("deleteMessage", { message_id: gone });
  const answer = await call("sendMessage", { text: "working", reply_parameters: { message_id: hello.id } });
  await call("editMessageText", {
    message_id: answer,
    text: "It is 42.",
    entities: [{ type: "code", offset: 6, length: 2 }],
    reply_markup: { inline_keyboard: [[{ text: "Retry", callback_data: "r" }]] },
  });
  await call("setMessageReaction", { message_id: hello.id, reaction: [{ type: "emoji", emoji: "👀" }] });
  expect(emulator.renderScreen(bot, ada)).toBe(
    "## Ada with @steward_bot\n\n**Ada** 👀\n> hello\n\n**@steward_bot** ↩ “hello”\n> It is `42`.\n> ⟦Retry⟧",
  );
  await emulator.close();
});
