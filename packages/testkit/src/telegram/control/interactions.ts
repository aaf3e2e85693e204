import type { InlineKeyboardMarkup, ReactionType } from "@grammyjs/types";
import { liveDrafts } from "../methods/drafts.ts";
import { apiChat, apiMessage, apiUser, unixSeconds } from "../world/api-objects.ts";
import type { CallbackQuery } from "../world/callback-queries.ts";
import { botsOf, isAdministrator } from "../world/chat.ts";
import { deliver } from "../world/deliver-update.ts";
import { currentVersion, type Message, setReactions } from "../world/message.ts";
import type { ControlDeps, Seat } from "./seat.ts";
import { type MessageRef, shownMessage } from "./writing.ts";

export interface PressOptions {
  /** Press a button of an earlier version: the person's client had not seen the edit (or deletion) yet. */
  stale?: boolean;
}

type CallbackButton = Extract<
  InlineKeyboardMarkup["inline_keyboard"][number][number],
  { callback_data: string }
>;

export function pressButton(
  deps: ControlDeps,
  { chat, user }: Seat,
  ref: MessageRef,
  button: string,
  { stale = false }: PressOptions,
): CallbackQuery {
  const message = stale ? anyMessage(chat.messages, ref) : shownMessage(chat, ref);
  const versions = stale ? message.versions : [currentVersion(message)];
  const pressed = versions
    .flatMap(({ replyMarkup }) => callbackButtons(replyMarkup))
    .findLast(({ callback_data, text }) => callback_data === button || text === button);
  if (pressed === undefined) throw new Error(`message ${message.id} shows no button "${button}"`);
  if (message.author.kind !== "bot") throw new Error(`message ${message.id} is not a bot's`);
  const { bot } = message.author;
  const query = deps.callbackQueries.press({ bot, chat, message, user, data: pressed.callback_data });
  deliver(bot, "callback_query", {
    id: query.id,
    from: apiUser(user),
    message:
      message.deletedAtMs === undefined
        ? apiMessage(deps.world.files, chat, message, bot)
        : { chat: apiChat(chat), message_id: message.id, date: 0 },
    chat_instance: String(6_000_000_000_000_000n + BigInt(Math.abs(chat.id))),
    data: pressed.callback_data,
  });
  deps.onChange();
  return query;
}

const callbackButtons = (markup: InlineKeyboardMarkup | undefined): CallbackButton[] =>
  (markup?.inline_keyboard.flat() ?? []).filter(
    (button): button is CallbackButton => "callback_data" in button,
  );

function anyMessage(messages: ReadonlyMap<number, Message>, ref: MessageRef): Message {
  const id = typeof ref === "number" ? ref : ref.id;
  const message = messages.get(id);
  if (message === undefined) throw new Error(`there never was a message ${id}`);
  return message;
}

/** In groups only administrators are told of reactions, and everywhere only bots that asked for them. */
export function react(
  deps: ControlDeps,
  { chat, user }: Seat,
  ref: MessageRef,
  emoji: readonly string[],
): void {
  const message = shownMessage(chat, ref);
  const before = message.reactions.get(user.id) ?? [];
  // People can react with what their client offers; any emoji stands for that here.
  const after = emoji.map((one) => ({ type: "emoji", emoji: one }) as ReactionType);
  const atMs = deps.world.clock.now();
  setReactions(message, user.id, after, atMs);
  for (const bot of botsOf(chat)) {
    if (chat.type !== "private" && !isAdministrator(chat, bot.id)) continue;
    deliver(bot, "message_reaction", {
      chat: apiChat(chat),
      message_id: message.id,
      user: apiUser(user),
      date: unixSeconds(atMs),
      old_reaction: before,
      new_reaction: after,
    });
  }
  deps.onChange();
}

export function stopGeneration(deps: ControlDeps, { chat }: Seat, thread: number | undefined): void {
  const atMs = deps.world.clock.now();
  const draft = liveDrafts(chat, atMs).findLast(
    ({ canStop, threadId }) => canStop && (thread === undefined || threadId === thread),
  );
  if (draft === undefined || chat.type !== "private")
    throw new Error(`chat ${chat.id} shows no draft to stop`);
  draft.ended = { atMs, by: "stop" };
  deliver(chat.bot, "stopped_message_generation", {
    chat: apiChat(chat),
    ...(draft.threadId === undefined ? {} : { message_thread_id: draft.threadId }),
    draft_id: draft.draftId,
  });
  deps.onChange();
}
