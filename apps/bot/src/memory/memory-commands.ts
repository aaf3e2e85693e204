import { translate } from "@steward/contract/messages";
import type { Command } from "../commands/command.ts";
import type { CommandDeps } from "../commands/command-row.ts";
import { shorten } from "../commands/shorten.ts";
import { plainText } from "../outbound/messenger.ts";
import { memoryKey } from "./memory-keyboard.ts";
import { describeMemory, PER_PAGE, showMemories } from "./memory-list.ts";

type Deps = Pick<CommandDeps, "steward" | "messenger">;
const SHOWN = 400;

/** `/memory`: what is remembered for this chat, in pages. */
export const createMemoryCommand =
  ({ steward, messenger }: Deps): Command =>
  async ({ address, language }) => {
    const found = await steward.memories(address, { offset: 0, limit: PER_PAGE });
    const { text, keyboard } = showMemories(found, 0, language);
    await messenger.say(address, text, { keyboard });
  };

/** `/remember TEXT`, `/remember KEY: TEXT`, or as a reply to what is to be remembered. */
export const createRememberCommand =
  ({ steward, messenger }: Deps): Command =>
  async (request) => {
    const { address, language, args, replyToText, replyToMessageId, messageId, onceKey } = request;
    const isReply = args === "" && replyToText.trim() !== "";
    const text = isReply ? replyToText : args;
    if (text.trim() === "") {
      await messenger.say(address, plainText(translate(language, "memory.remember.how")));
      return;
    }
    const source = isReply ? replyToMessageId : messageId;
    const { outcome, memory, change, existing } = await steward.remember(
      request,
      { text, messageId: source },
      onceKey,
    );
    const content = shorten(memory.content, SHOWN);
    if (outcome === "proposed" && existing !== null) {
      const words = { key: memory.key, old: shorten(existing.content, SHOWN), new: content };
      const of = { memoryId: memory.id, page: null };
      const row = [
        memoryKey(language, "memory.button.replace", { kind: "accept", ...of }),
        memoryKey(language, "memory.button.keep", { kind: "reject", ...of }),
      ];
      await messenger.say(address, plainText(translate(language, "memory.remember.taken", words)), {
        keyboard: { inline_keyboard: [row] },
      });
      return;
    }
    const key = outcome === "known" ? "memory.said.known" : "memory.said.remembered";
    await messenger.say(address, plainText(translate(language, key, { content })), {
      keyboard: undoKeyboard(change?.id, language),
    });
  };

/** `/forget TEXT` and `/forget NUMBER`: done when it is clear what is meant, else asked. */
export const createForgetCommand =
  ({ steward, messenger }: Deps): Command =>
  async (request) => {
    const { address, language, args, onceKey } = request;
    if (args === "") {
      await messenger.say(address, plainText(translate(language, "memory.forget.how")));
      return;
    }
    const { outcome, change, candidates } = await steward.forget(request, args, onceKey);
    if (outcome === "none") {
      const text = translate(language, "memory.forget.none", { words: shorten(args) });
      await messenger.say(address, plainText(text));
      return;
    }
    if (outcome === "forgotten") {
      const content = shorten(candidates[0]?.content ?? "", SHOWN);
      await messenger.say(address, plainText(translate(language, "memory.said.forgotten", { content })), {
        keyboard: undoKeyboard(change?.id, language),
      });
      return;
    }
    const lines = candidates.map((memory) => describeMemory(memory, language));
    const rows = candidates.map(({ id: memoryId }) => [
      memoryKey(language, "memory.button.forget", { kind: "forget", memoryId, page: null }, memoryId),
    ]);
    await messenger.say(
      address,
      plainText([translate(language, "memory.forget.several"), ...lines].join("\n\n")),
      { keyboard: { inline_keyboard: rows } },
    );
  };

const undoKeyboard = (changeId: number | undefined, language: "en" | "zh") =>
  changeId === undefined
    ? undefined
    : { inline_keyboard: [[memoryKey(language, "memory.button.undo", { kind: "undo", changeId })]] };
