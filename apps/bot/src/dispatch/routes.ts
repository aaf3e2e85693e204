import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { ButtonPress, PressButton } from "../callbacks/press-button.ts";
import type { CommandRequest } from "../commands/command.ts";
import type { CommandDesk } from "../commands/command-desk.ts";
import type { PendingUpdate } from "../intake/intake.ts";
import { SENT_CONTENT } from "../intake/to-inbox-update.ts";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import type { Routes, Task, TaskOutcome } from "./router.ts";

export interface RoutesDeps {
  botId: string;
  commands: CommandDesk;
  pressButton: PressButton;
  messenger: Pick<Messenger, "say">;
  steward: Pick<Steward, "noteTopic">;
  clock: Pick<Clock, "monotonicMs">;
}

/** What cannot be read is said so this often per chat at most. */
const REMARK_EVERY_MS = 60_000;
/** Chats remembered for that. */
const REMEMBERED = 1_000;

const HANDLED: TaskOutcome = { state: "handled", detail: "" };
const ignored =
  (detail: string): Task =>
  () =>
    Promise.resolve({ state: "ignored", detail });

/** What each kind of update means. */
export function createRoutes({
  botId,
  commands,
  pressButton,
  messenger,
  steward,
  clock,
}: RoutesDeps): Routes {
  const remarkedAtMs = new Map<string, number>();

  const requestOf = ({ update }: PendingUpdate): CommandRequest | null => {
    const { chat, sender, command } = update;
    if (chat === null || sender === null) return null;
    const address = { botId, chatId: chat.id, threadId: chat.threadId };
    return {
      address,
      language: sender.language,
      name: command ?? "",
      args: update.text.trim(),
      userId: sender.id,
      userName: sender.name,
      isGroup: chat.type !== "private",
      chatTitle: chat.title ?? null,
      messageId: update.messageId,
      // 0: in another chat.
      replyToMessageId: update.replyTo?.messageId || null,
      replyToText: update.replyTo?.text ?? "",
      onceKey: `telegram-${update.updateId}`,
    };
  };

  const remark =
    (row: PendingUpdate, key: "bot.cannot_read"): Task =>
    async () => {
      const request = requestOf(row);
      if (request === null) return { state: "ignored", detail: "nobody to tell" };
      const { address, language } = request;
      const place = `${key} ${address.chatId} ${address.threadId}`;
      const last = remarkedAtMs.get(place);
      if (last !== undefined && clock.monotonicMs() - last < REMARK_EVERY_MS) {
        return { state: "ignored", detail: "already told a moment ago" };
      }
      if (remarkedAtMs.size >= REMEMBERED) remarkedAtMs.clear();
      remarkedAtMs.set(place, clock.monotonicMs());
      await messenger.say(address, plainText(translate(language, key)));
      return HANDLED;
    };

  return {
    command: (row) => {
      const request = requestOf(row);
      if (request === null) return ignored("no chat or sender");
      return async () => {
        await commands.handle(request);
        return HANDLED;
      };
    },
    callback: (row) => {
      const request = requestOf(row);
      const callbackId = callbackIdOf(row.update.raw);
      const { text: data, messageId } = row.update;
      if (request === null || callbackId === null || messageId === null)
        return ignored("not a button of ours");
      const topicIsUnknown = isInaccessible(row.update.raw);
      const press: ButtonPress = { ...request, callbackId, data, messageId, topicIsUnknown };
      return async () => {
        await pressButton(press);
        return HANDLED;
      };
    },
    // The API deals with them as they come in.
    edit: () => ignored("edit"),
    membership: () => ignored("membership"),
    unsupported: (row) => {
      const topic = topicNameOf(row.update.raw);
      const request = topic && requestOf(row);
      if (topic !== null && request !== null) {
        return async () => {
          await steward.noteTopic(request.address, topic);
          return HANDLED;
        };
      }
      // Service messages (a pinned message, a new photo of the group) are nobody's question.
      return row.update.reason?.startsWith(SENT_CONTENT) === true
        ? remark(row, "bot.cannot_read")
        : ignored("service message");
    },
  };
}

function callbackIdOf(raw: unknown): string | null {
  const id = fieldOf(fieldOf(raw, "callback_query"), "id");
  return typeof id === "string" ? id : null;
}

/** Of a message that it no longer has Telegram sends chat and id alone, with 0 for a date. */
const isInaccessible = (raw: unknown): boolean =>
  fieldOf(fieldOf(fieldOf(raw, "callback_query"), "message"), "date") === 0;

/** Of the service message that opens or renames a topic. Only Telegram's own name for it is marked as implicit. */
function topicNameOf(raw: unknown): { name: string; isDefault: boolean } | null {
  const message = fieldOf(raw, "message");
  const created = fieldOf(message, "forum_topic_created");
  const name = fieldOf(created ?? fieldOf(message, "forum_topic_edited"), "name");
  if (typeof name !== "string") return null;
  return { name: name.slice(0, 256), isDefault: fieldOf(created, "is_name_implicit") === true };
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
