import type { Delivery } from "@steward/contract/deliveries";
import { translate } from "@steward/contract/messages";
import type { Keyboard } from "../outbound/keyboard.ts";
import { type AccessAction, formatAccessData } from "./access-data.ts";

/** The buttons under a question to the owner; undefined for deliveries that ask no such thing. */
export function accessKeyboard({ actions, subject, language }: Delivery): Keyboard | undefined {
  if (subject == null) return undefined;
  const row = actions.flatMap((kind): AccessAction[] => {
    if (kind === "pair_allow" || kind === "pair_refuse") return [{ kind, code: subject }];
    return kind === "chat_allow" || kind === "chat_refuse" ? [{ kind, chatId: subject }] : [];
  });
  if (row.length === 0) return undefined;
  const keys = row.map((action) => ({
    text: translate(language, `bot.button.${action.kind}`),
    callback_data: formatAccessData(action),
  }));
  return { inline_keyboard: [keys] };
}
