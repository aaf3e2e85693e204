import { ApiError } from "@steward/client/api-error";
import { type MessageKey, translate, translateError } from "@steward/contract/messages";
import type { ButtonPress } from "../callbacks/press-button.ts";
import { shorten } from "../commands/shorten.ts";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import type { MemoryButton } from "./memory-data.ts";
import { memoryKey } from "./memory-keyboard.ts";
import { PER_PAGE, showMemories } from "./memory-list.ts";
import type { MemoryVerbs } from "./memory-verbs.ts";

export interface PressMemoryDeps {
  steward: MemoryVerbs;
  messenger: Pick<Messenger, "say" | "edit" | "answerCallback" | "removeKeyboard">;
}

/** It has become something else meanwhile, or this person may not: they are told so at the button. */
const TOLD: ReadonlySet<string> = new Set([
  "memory_not_found",
  "memory_changed",
  "memory_exists",
  "memory_full",
  "owner_only",
]);

/** Does what a button about memories says. Which chat may know what, and who may change it, the API decides. */
export const createPressMemory = ({ steward, messenger }: PressMemoryDeps) => {
  const show = async ({ address, messageId, language }: ButtonPress, page: number): Promise<void> => {
    const read = (at: number) => steward.memories(address, { offset: at * PER_PAGE, limit: PER_PAGE });
    const found = await read(page);
    // The last one of the last page has just gone.
    const last = Math.max(0, Math.ceil(found.total / PER_PAGE) - 1);
    const at = Math.min(page, last);
    const { text, keyboard } = showMemories(at === page ? found : await read(at), at, language);
    await messenger.edit(address, messageId, text, { keyboard });
  };

  const perform = async (
    press: ButtonPress,
    button: Exclude<MemoryButton, { kind: "list" }>,
  ): Promise<MessageKey> => {
    const { address, language } = press;
    const key = `telegram-button-${press.callbackId}`;
    switch (button.kind) {
      case "undo":
        await steward.undoMemory(press, button.changeId, key);
        return "memory.toast.undone";
      case "ask": {
        const { messageId } = button;
        await steward.askInstead(
          address,
          button.changeId,
          { messageId, userId: press.userId, language },
          key,
        );
        return "memory.toast.asked";
      }
      case "accept":
        await steward.acceptMemory(press, button.memoryId, key);
        return "memory.toast.accepted";
      case "reject":
        await steward.rejectMemory(press, button.memoryId, key);
        return "memory.toast.rejected";
      case "pin":
      case "unpin":
        await steward.pinMemory(press, button.memoryId, button.kind === "pin", key);
        return button.kind === "pin" ? "memory.toast.pinned" : "memory.toast.unpinned";
      case "forget": {
        const { id: changeId, before } = await steward.forgetMemory(press, button.memoryId, key);
        const content = shorten(before?.content ?? "", 400);
        const undo = memoryKey(language, "memory.button.undo", { kind: "undo", changeId });
        await messenger.say(address, plainText(translate(language, "memory.said.forgotten", { content })), {
          keyboard: { inline_keyboard: [[undo]] },
        });
        return "memory.toast.forgotten";
      }
    }
  };

  return async (press: ButtonPress, button: MemoryButton): Promise<void> => {
    const { address, language, callbackId, messageId } = press;
    if (button.kind === "list") {
      await messenger.answerCallback(callbackId);
      return await show(press, button.page);
    }
    try {
      const done = await perform(press, button);
      await messenger.answerCallback(callbackId, translate(language, done));
    } catch (error) {
      if (!(error instanceof ApiError) || !TOLD.has(error.code)) throw error;
      await messenger.answerCallback(callbackId, translateError(language, error.code, error.params));
      // Somebody else may press it.
      if (error.code === "owner_only") return;
    }
    if ("page" in button && button.page !== null) return await show(press, button.page);
    await messenger.removeKeyboard(address, messageId);
  };
};
