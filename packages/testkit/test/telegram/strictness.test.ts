import { describe, expect, test } from "vitest";
import { startFixture } from "./fixture.ts";

/** What a call is answered, and what was held against it. */
type Case = [title: string, method: string, params: Record<string, unknown>, description: string];

const strict = (message: string) => `Bad Request: strict emulator: ${message}`;
const button = (fields: Record<string, unknown>) => ({
  reply_markup: { inline_keyboard: [[{ text: "x", ...fields }]] },
});
const entity = (type: string, offset: number, length: number, more = {}) => ({
  type,
  offset,
  length,
  ...more,
});
const text = "a😀b code";

const cases: Case[] = [
  [
    "an unknown parameter",
    "sendMessage",
    { text, parsemode: "HTML" },
    strict('sendMessage takes no "parsemode"'),
  ],
  [
    "an unknown field deep inside",
    "sendMessage",
    { text, ...button({ callbackData: "x" }) },
    strict('InlineKeyboardButton.CallbackButton takes no "reply_markup.inline_keyboard[0][0].callbackData"'),
  ],
  [
    "a wrong type",
    "sendMessage",
    { text, disable_notification: "yes" },
    strict('"disable_notification" must be boolean, not "yes"'),
  ],
  [
    "a null",
    "sendMessage",
    { text, reply_markup: null },
    strict('"reply_markup" must be InlineKeyboardMarkup or'),
  ],
  [
    "a number as text",
    "editMessageText",
    { message_id: "2", text },
    strict('"message_id" must be number, not "2"'),
  ],
  [
    "an unsupported feature",
    "sendMessage",
    { text, business_connection_id: "b" },
    strict("business_connection_id is not emulated"),
  ],
  ["no text", "sendMessage", {}, "Bad Request: message text is empty"],
  ["blank text", "sendMessage", { text: " \n" }, "Bad Request: text must be non-empty"],
  ["text over 4096", "sendMessage", { text: "x".repeat(4097) }, "Bad Request: message is too long"],
  ["text over 32768 bytes", "sendMessage", { text: "€".repeat(11_000) }, "Bad Request: text is too long"],
  [
    "half a surrogate pair",
    "sendMessage",
    { text: "a\ud83d" },
    "Bad Request: strings must be encoded in UTF-8",
  ],
  [
    "parse_mode",
    "sendMessage",
    { text, parse_mode: "HTML" },
    strict("parse_mode is not emulated; send entities"),
  ],
  ["a made-up parse_mode", "sendMessage", { text, parse_mode: "rst" }, "Bad Request: unsupported parse_mode"],
  [
    "an unknown entity",
    "sendMessage",
    { text, entities: [entity("heading", 0, 1)] },
    "Bad Request: can't parse MessageEntity: Unsupported type specified",
  ],
  [
    "an entity past the end",
    "sendMessage",
    { text, entities: [entity("bold", 5, 9)] },
    "Bad Request: entity beginning at UTF-16 offset 5 ends after the end of the text at UTF-16 offset 14",
  ],
  [
    "an entity that begins inside a surrogate pair",
    "sendMessage",
    { text, entities: [entity("bold", 2, 2)] },
    "Bad Request: entity begins in a middle of a UTF-16 symbol at byte offset",
  ],
  [
    "an entity that ends inside a surrogate pair",
    "sendMessage",
    { text, entities: [entity("bold", 0, 2)] },
    "Bad Request: entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol",
  ],
  [
    "a negative offset",
    "sendMessage",
    { text, entities: [entity("bold", -1, 2)] },
    "Bad Request: receive an entity with incorrect offset -1",
  ],
  [
    "an empty entity",
    "sendMessage",
    { text, entities: [entity("bold", 1, 0)] },
    strict("bold[1+0] is empty"),
  ],
  [
    "an entity over blanks",
    "sendMessage",
    { text, entities: [entity("bold", 4, 1)] },
    strict("bold[4+1] covers only blanks"),
  ],
  [
    "a style inside code",
    "sendMessage",
    { text, entities: [entity("code", 5, 4), entity("bold", 6, 2)] },
    strict("code[5+4] and bold[6+2]: code takes no styles"),
  ],
  [
    "code in a link",
    "sendMessage",
    { text, entities: [entity("text_link", 0, 9, { url: "https://example.org" }), entity("code", 5, 4)] },
    strict("text_link[0+9] and code[5+4]: these two cannot share characters"),
  ],
  [
    "nested block quotes",
    "sendMessage",
    { text, entities: [entity("blockquote", 0, 9), entity("expandable_blockquote", 5, 4)] },
    strict("blockquote[0+9] and expandable_blockquote[5+4]: block quotes do not nest"),
  ],
  [
    "crossing styles",
    "sendMessage",
    { text, entities: [entity("bold", 0, 6), entity("italic", 5, 4)] },
    strict("bold[0+6] and italic[5+4]: partial overlap"),
  ],
  [
    "a link Telegram drops",
    "sendMessage",
    { text, entities: [entity("text_link", 0, 1, { url: "http://localhost:3000/x" })] },
    strict("text_link[0+1] to http://localhost:3000/x is dropped by the server"),
  ],
  [
    "an entity the server finds itself",
    "sendMessage",
    { text, entities: [entity("url", 0, 1)] },
    strict('entities[0]: the server ignores "url"'),
  ],
  [
    "more than 100 entities",
    "sendMessage",
    {
      text: "ab ".repeat(101),
      entities: Array.from({ length: 101 }, (_, index) => entity("bold", index * 3, 2)),
    },
    strict("101 entities; the server ignores those past 100"),
  ],
  [
    "callback data over 64 bytes",
    "sendMessage",
    { text, ...button({ callback_data: "ü".repeat(33) }) },
    "Bad Request: BUTTON_DATA_INVALID",
  ],
  [
    "empty callback data",
    "sendMessage",
    { text, ...button({ callback_data: "" }) },
    "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
  ],
  [
    "a button to localhost",
    "sendMessage",
    { text, ...button({ url: "http://localhost" }) },
    "Bad Request: inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL",
  ],
  [
    "a huge keyboard",
    "sendMessage",
    {
      text,
      reply_markup: {
        inline_keyboard: Array.from({ length: 101 }, () => [{ text: "x", callback_data: "y" }]),
      },
    },
    "Bad Request: reply markup is too long",
  ],
  [
    "a thread in a chat without topics",
    "sendMessage",
    { text, message_thread_id: 7 },
    "Bad Request: message thread not found",
  ],
  ["no message id to delete", "deleteMessage", {}, "Bad Request: message identifier is not specified"],
  ["no file", "sendDocument", {}, "Bad Request: there is no document in the request"],
  [
    "an unknown file id",
    "sendPhoto",
    { photo: "nonsense" },
    "Bad Request: wrong remote file identifier specified: Wrong string length",
  ],
  ["getFile without an id", "getFile", {}, "Bad Request: file_id not specified"],
  [
    "a draft without an id",
    "sendMessageDraft",
    { draft_id: 0, text },
    "Bad Request: draft identifier must be non-zero",
  ],
  ["a single-item album", "sendMediaGroup", { media: [] }, "Bad Request: there are no messages to send"],
  [
    "a command menu over the cap",
    "setMyCommands",
    { commands: Array.from({ length: 40 }, (_, n) => ({ command: `c${n}`, description: "d".repeat(200) })) },
    "Bad Request: BOT_COMMANDS_TOO_MUCH",
  ],
  [
    "an upper-case command",
    "setMyCommands",
    { commands: [{ command: "New", description: "d" }] },
    "Bad Request: BOT_COMMAND_INVALID",
  ],
  [
    "a bad webhook URL",
    "setWebhook",
    { url: "http://example.org" },
    "Bad Request: invalid webhook URL specified",
  ],
  [
    "a bad secret token",
    "setWebhook",
    { url: "https://example.org", secret_token: "a b" },
    "Bad Request: secret token contains unallowed characters",
  ],
];

describe("violations", () => {
  test.each(cases)(
    "%s is answered with an error and recorded",
    async (_title, method, params, description) => {
      const { telegram, call, chat_id } = await startFixture();
      const addressed = /Commands|getFile|Webhook/.test(method) ? params : { chat_id, ...params };
      const reply = await call(method, addressed);
      expect(reply.ok).toBe(false);
      expect(reply.description?.slice(0, description.length)).toBe(description);
      const isRefusal = description.endsWith("thread not found");
      expect(telegram.violations.length > 0).toBe(!isRefusal);
      if (!isRefusal) expect(() => telegram.assertNoViolations()).toThrow(method);
    },
  );

  test("an unknown method is 404, whether Telegram has it or not", async () => {
    const { telegram, call } = await startFixture();
    expect(await call("sendSticker", {})).toMatchObject({
      error_code: 404,
      description: "Not Found: method not found",
    });
    expect(await call("sendTelepathy", {})).toMatchObject({ error_code: 404 });
    expect(telegram.violations.map(({ message }) => message)).toEqual([
      "sendSticker is a method the emulator does not offer",
      "sendTelepathy is no Bot API method",
    ]);
  });

  test("a chat that never wrote to the bot cannot be written to", async () => {
    const { telegram, call } = await startFixture();
    const stranger = telegram.user();
    expect(await call("sendMessage", { chat_id: stranger.id, text: "hi" })).toMatchObject({
      error_code: 403,
      description: "Forbidden: bot can't initiate conversation with a user",
    });
    expect((await call("sendMessage", { chat_id: 12345, text: "hi" })).description).toBe(
      "Bad Request: chat not found",
    );
    expect((await call("sendMessage", { text: "hi" })).description).toBe("Bad Request: chat_id is empty");
    expect(telegram.violations).toHaveLength(4); // the missing chat_id is named, and refused
  });

  test("a wrong token is 401 and nobody's fault but its owner's", async () => {
    const { telegram, bot, call } = await startFixture();
    telegram.revokeToken(bot);
    expect(await call("getMe")).toMatchObject({ error_code: 401, description: "Unauthorized" });
    expect(telegram.violations).toEqual([]);
  });

  test("without strictness the call goes on as on the real server, and the violation stays", async () => {
    const { telegram, call, chat_id } = await startFixture({ strict: false });
    const reply = await call("sendMessage", {
      chat_id,
      text: "hi there",
      colour: "red",
      entities: [entity("url", 0, 2)],
    });
    expect(reply.result.text).toBe("hi there");
    expect(reply.result.entities).toBeUndefined();
    expect(telegram.violations).toHaveLength(2);
  });

  test("bold around code and a quote around a code block are fine", async () => {
    const { telegram, call, chat_id } = await startFixture();
    await call("sendMessage", { chat_id, text, entities: [entity("bold", 0, 9), entity("code", 5, 4)] });
    await call("sendMessage", {
      chat_id,
      text,
      entities: [entity("blockquote", 0, 9), entity("pre", 5, 4, { language: "c++" })],
    });
    telegram.assertNoViolations();
  });
});
