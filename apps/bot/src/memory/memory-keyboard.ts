import type { Delivery } from "@steward/contract/deliveries";
import { type MessageKey, translate } from "@steward/contract/messages";
import type { Keyboard } from "../outbound/keyboard.ts";
import { formatMemoryData, type MemoryButton } from "./memory-data.ts";

type Key = Keyboard["inline_keyboard"][number][number];

/** One button. `number` stands after its words, where several memories have the same. */
export const memoryKey = (
  language: Delivery["language"],
  label: MessageKey,
  button: MemoryButton,
  number?: number,
): Key => ({
  text: `${translate(language, label)}${number === undefined ? "" : ` #${number}`}`,
  callback_data: formatMemoryData(button),
});

/** The buttons under the answer to a plain "remember …" or "forget …"; undefined for deliveries that are none. */
export const memoryKeyboard = ({ actions, subject, language }: Delivery): Keyboard | undefined => {
  const [changeId, messageId] =
    /^(\d+)\.(\d+)$/
      .exec(subject ?? "")
      ?.slice(1)
      .map(Number) ?? [];
  if (changeId === undefined || messageId === undefined) return undefined;
  const row = actions.flatMap((action): Key[] => {
    if (action === "memory_undo")
      return [memoryKey(language, "memory.button.undo", { kind: "undo", changeId })];
    if (action !== "memory_ask") return [];
    return [memoryKey(language, "memory.button.ask", { kind: "ask", changeId, messageId })];
  });
  return row.length === 0 ? undefined : { inline_keyboard: [row] };
};
