import type {
  ForceReply,
  InlineKeyboardMarkup,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
} from "@grammyjs/types";
import { defect } from "./api-error.ts";
import type { Strictness } from "./strictness.ts";
import { linkProblem } from "./text/links.ts";
import type { Chat } from "./world/chat.ts";

export type AnyMarkup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply;
type Button = InlineKeyboardMarkup["inline_keyboard"][number][number];

const MAX_CALLBACK_DATA_BYTES = 64;
const MAX_COPY_TEXT_UNITS = 256;
const MAX_BUTTONS = 100;
const MAX_BUTTONS_PER_ROW = 8;
/** The real limit is on Telegram's internal encoding; this is on the safe side of what is accepted. */
const MAX_MARKUP_BYTES = 10_240;

/** Checks a keyboard. An inline keyboard without buttons counts as none, as on the server. */
export function checkMarkup(
  strictness: Strictness,
  chat: Chat,
  markup: AnyMarkup | undefined,
): AnyMarkup | undefined {
  if (markup === undefined || !("inline_keyboard" in markup)) return markup;
  const buttons = markup.inline_keyboard.flat();
  if (buttons.length === 0) return undefined;
  for (const button of buttons) checkButton(strictness, chat, button);
  const tooLarge = Buffer.byteLength(JSON.stringify(markup), "utf8") > MAX_MARKUP_BYTES;
  if (buttons.length > MAX_BUTTONS || tooLarge) throw defect("reply markup is too long");
  if (markup.inline_keyboard.some((row) => row.length > MAX_BUTTONS_PER_ROW)) {
    strictness.strict(`more than ${MAX_BUTTONS_PER_ROW} buttons in a row; clients cannot show them`);
  }
  return { inline_keyboard: markup.inline_keyboard.filter((row) => row.length > 0) };
}

function checkButton(strictness: Strictness, chat: Chat, button: Button): void {
  if (button.text.trim() === "") throw defect("Inline keyboard button text must be non-empty");
  if ("callback_data" in button) checkCallbackData(button.callback_data);
  if ("url" in button) {
    const problem = linkProblem(button.url);
    if (problem !== undefined)
      throw defect(`Inline keyboard button URL '${button.url}' is invalid: ${problem}`);
  }
  if ("web_app" in button) {
    if (!button.web_app.url.startsWith("https://")) {
      const { url } = button.web_app;
      throw defect(`Inline keyboard button Web App URL '${url}' is invalid: Only HTTPS links are allowed`);
    }
    if (chat.type !== "private") throw defect("BUTTON_TYPE_INVALID");
  }
  if ("copy_text" in button && button.copy_text.text.length > MAX_COPY_TEXT_UNITS) {
    strictness.strict(
      `copy_text of ${button.copy_text.text.length} characters; at most ${MAX_COPY_TEXT_UNITS}`,
    );
  }
}

function checkCallbackData(data: string): void {
  if (data === "") {
    throw defect("Can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  }
  if (Buffer.byteLength(data, "utf8") > MAX_CALLBACK_DATA_BYTES) throw defect("BUTTON_DATA_INVALID");
}
