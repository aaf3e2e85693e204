import type { Delivery } from "@steward/contract/deliveries";
import { type MessageKey, translate } from "@steward/contract/messages";
import type { BotArguments } from "@steward/telegram/api";
import { type ButtonAction, formatCallbackData } from "../callbacks/callback-data.ts";

type Language = Delivery["language"];
/** An inline keyboard as the Bot API takes it. */
export type Keyboard = NonNullable<BotArguments<"editMessageText">["reply_markup"]>;

/** Buttons with a text of their own are not in here. */
type Labelled = Exclude<ButtonAction, { kind: "model" | "project" | "conversation" | "forget" | "found" }>;

const LABELS: Record<Labelled["kind"], MessageKey> = {
  stop: "bot.button.stop",
  retry: "bot.button.retry",
  continue: "bot.button.continue",
  run_queue: "bot.button.run_queue",
  drop_queue: "bot.button.drop_queue",
  resend: "bot.button.resend",
  advance: "bot.button.advance",
  drop: "bot.button.drop",
  confirm_plan: "question.button.confirm",
  revise_plan: "question.button.revise",
  run_edited: "bot.button.run_edited",
};

/** One row of buttons; undefined when there are none. */
export function createKeyboard(language: Language, actions: readonly Labelled[]): Keyboard | undefined {
  if (actions.length === 0) return undefined;
  const row = actions.map((action) => ({
    text: translate(language, LABELS[action.kind]),
    callback_data: formatCallbackData(action),
  }));
  return { inline_keyboard: [row] };
}

/** Buttons with texts of their own, so many in a row. */
export function pickerKeyboard(
  buttons: readonly { text: string; action: ButtonAction }[],
  perRow: number,
): Keyboard {
  const keys = buttons.map(({ text, action }) => ({ text, callback_data: formatCallbackData(action) }));
  const rows = Array.from({ length: Math.ceil(keys.length / perRow) }, (_, row) =>
    keys.slice(row * perRow, (row + 1) * perRow),
  );
  return { inline_keyboard: rows };
}

/** The buttons under a delivered message. An action that needs a turn or a file is left out where there is none. */
export function deliveryKeyboard({
  actions,
  turnId,
  file,
  replyToMessageId,
  language,
}: Delivery): Keyboard | undefined {
  const buttons = actions.flatMap((kind): Labelled[] => {
    if (kind === "run_queue" || kind === "drop_queue") return [{ kind }];
    if (kind === "resend") return file === null ? [] : [{ kind, fileId: file.id }];
    if (kind === "run_edited") {
      return replyToMessageId === null ? [] : [{ kind, messageId: replyToMessageId }];
    }
    // The rest is an owner's question about access.
    if (!isOfTurn(kind)) return [];
    return turnId === null ? [] : [{ kind, turnId }];
  });
  return createKeyboard(language, buttons);
}

const OF_TURN = ["retry", "continue", "confirm_plan", "revise_plan"] as const;
const isOfTurn = (kind: string): kind is (typeof OF_TURN)[number] =>
  (OF_TURN as readonly string[]).includes(kind);
