import { approvePairing, listAccess } from "@steward/contract/access";
import type { Bot, Person, Seat, TelegramEmulator } from "@steward/testkit/telegram";
import type { Rig } from "./rig.ts";

/** A person in a private chat with a bot of the rig, let in by the owner. */
export interface TelegramChat {
  person: Person;
  seat: Seat;
  bot: Bot;
  /** The visible texts of the bot, oldest first. */
  botTexts(): string[];
  /**
   * Resolves with the first message of the bot after `since` that contains `text` and has no button left (its final
   * form).
   */
  answered(text: string, since: { id: number }): Promise<string>;
  /** Resolves with the first message of the bot after `since` that contains `text`, in whatever state. */
  said(text: string, since: { id: number }): Promise<Message>;
  /** Presses the button whose label contains `label`, also of an old message; resolves with what the bot says to it. */
  press(message: Message, label: string): Promise<string>;
  /** Sends and resolves with the answer that contains `expected`. */
  exchange(text: string, expected: string): Promise<string>;
}

/** Real processes on a machine that may be busy. */
const PATIENCE = { timeoutMs: 40_000 };
const CODE = /\b[A-Z0-9]{8}\b/;

/** Writes /start as a stranger, takes the code from the bot's answer and approves it as the owner does. */
export const pairPerson = async (
  rig: Rig,
  emulator: TelegramEmulator,
  bot: Bot,
  person: Person,
): Promise<TelegramChat> => {
  const seat = person.in(bot);
  seat.sendCommand("start");
  const invitation = await emulator.waitForMessage(bot, person, (message) => CODE.test(message.text), {
    timeoutMs: 20_000,
  });
  const code = CODE.exec(invitation.text)?.[0] ?? "";
  await rig.client().call(approvePairing, { body: { code } });
  // The bot says welcome once it knows that the person may come in.
  await emulator.waitFor(() => visible(emulator, bot, person).length >= 2, { timeoutMs: 20_000 });
  await ownerIsTold(rig, emulator, bot, person);

  const answered = async (text: string, since: { id: number }) => {
    const message = await emulator.waitForMessage(
      bot,
      person,
      (each) => each.id > since.id && fromBot(each, bot) && each.text.includes(text) && !each.replyMarkup,
      PATIENCE,
    );
    return message.text;
  };
  return {
    person,
    seat,
    bot,
    botTexts: () => visible(emulator, bot, person),
    answered,
    said: (text, since) =>
      emulator.waitForMessage(
        bot,
        person,
        (each) => each.id > since.id && fromBot(each, bot) && each.text.includes(text),
        PATIENCE,
      ),
    press: async (message, label) => {
      const pressed = seat.pressButton(message.id, buttonOf(message, label), { stale: true });
      await emulator.waitFor(() => pressed.answer, PATIENCE);
      return pressed.answer?.text ?? "";
    },
    exchange: (text, expected) => answered(expected, seat.sendText(text)),
  };
};

/** Whoever was the first is asked about those after them: their chat rests again when the answer stands there. */
const ownerIsTold = async (rig: Rig, emulator: TelegramEmulator, bot: Bot, person: Person): Promise<void> => {
  const people = await rig.client().call(listAccess, { query: { botId: String(bot.id) } });
  const owner = people.find(({ role }) => role === "owner")?.userId;
  if (owner === undefined || owner === String(person.user.id)) return;
  const told = `(${person.user.id}) may use this bot`;
  await emulator.waitForMessage(bot, Number(owner), ({ text }) => text.includes(told), { timeoutMs: 20_000 });
};

/** What the button whose label contains `label` carries. */
export const buttonOf = (message: Message, label: string): string => {
  const found = message.replyMarkup?.inline_keyboard.flat().find(({ text }) => text.includes(label));
  if (found === undefined || !("callback_data" in found)) throw new Error(`no button ${label}`);
  return found.callback_data;
};

export type Message = ReturnType<TelegramEmulator["transcript"]>["messages"][number];
const fromBot = (message: Message, bot: Bot): boolean => message.from.id === bot.id;

const visible = (emulator: TelegramEmulator, bot: Bot, person: Person): string[] =>
  emulator
    .transcript(bot, person)
    .messages.filter((message) => message.deletedAtMs === undefined && fromBot(message, bot))
    .map((message) => message.text);
