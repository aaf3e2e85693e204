import type { Conversation } from "@steward/contract/conversations";
import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import { stripDirectionMarks } from "@steward/telegram/visible-text";
import { pickerKeyboard } from "../outbound/keyboard.ts";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import type { Command, CommandRequest } from "./command.ts";

type Language = CommandRequest["language"];

/** As many as fit a screen of a phone with their buttons. */
const LISTED = 10;
const BUTTONS_PER_ROW = 5;
/** Of an id: fewer name nothing in particular. */
const LEAST_ID_CHARACTERS = 4;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `/sessions`: this chat's last conversations, numbered, with a button for each. */
export const createSessionsCommand =
  ({
    steward,
    messenger,
    clock,
  }: {
    steward: Pick<Steward, "conversations">;
    messenger: Pick<Messenger, "say">;
    clock: Pick<Clock, "now">;
  }): Command =>
  async ({ address, language }) => {
    const conversations = await steward.conversations(address, LISTED);
    if (conversations.length === 0) {
      await messenger.say(address, plainText(translate(language, "bot.sessions.empty")));
      return;
    }
    const lines = conversations.map((each, index) => describe(each, index + 1, language, clock.now()));
    const text = `${translate(language, "bot.sessions.title")}\n\n${lines.join("\n")}`;
    const buttons = conversations.map(({ id }, index) => ({
      text: String(index + 1),
      action: { kind: "conversation" as const, conversationId: id },
    }));
    await messenger.say(address, plainText(text), { keyboard: pickerKeyboard(buttons, BUTTONS_PER_ROW) });
  };

/** `/resume NUMBER` and `/resume ID` go on with that conversation, as `/sessions` numbers them; without one it lists them. */
export const createSessionPicker = (deps: {
  steward: Pick<Steward, "conversations" | "selectConversation">;
  messenger: Pick<Messenger, "say">;
  clock: Pick<Clock, "now">;
}): Command => {
  const list = createSessionsCommand(deps);
  const choose = createSessionChooser(deps);
  return async (request) => {
    const { address, language, args } = request;
    if (args === "") return await list(request);
    const conversations = await deps.steward.conversations(address, LISTED);
    const isNumber = /^\d{1,2}$/.test(args);
    const found = isNumber
      ? conversations[Number(args) - 1]
      : conversations.find(
          ({ id }) => args.length >= LEAST_ID_CHARACTERS && id.startsWith(args.toLowerCase()),
        );
    if (found !== undefined) return await choose(request, found.id);
    const text = translate(language, "bot.resume.no_such", { given: args.slice(0, 40) });
    await deps.messenger.say(address, plainText(text));
  };
};

/** Resumes a conversation and says so in its chat. */
export const createSessionChooser =
  ({
    steward,
    messenger,
  }: {
    steward: Pick<Steward, "selectConversation">;
    messenger: Pick<Messenger, "say">;
  }) =>
  async (
    { address, language }: Pick<CommandRequest, "address" | "language">,
    conversationId: string,
  ): Promise<void> => {
    const conversation = await steward.selectConversation(address, conversationId);
    const text = translate(language, "bot.sessions.resumed", { title: titleOf(conversation, language) });
    await messenger.say(address, plainText(text));
  };

const describe = (conversation: Conversation, number: number, language: Language, nowMs: number): string => {
  const line = translate(language, "bot.sessions.line", {
    number,
    title: titleOf(conversation, language),
    age: ageOf(nowMs - conversation.lastActiveAt, language),
    turns: conversation.turns,
  });
  const where = conversation.project === null ? line : `${line} · 📁 ${conversation.project}`;
  return conversation.current ? `${where} ${translate(language, "bot.sessions.current")}` : where;
};

const titleOf = ({ title }: Conversation, language: Language): string =>
  title === null
    ? translate(language, "bot.sessions.untitled")
    : stripDirectionMarks(title).replace(/\s+/g, " ");

const ageOf = (ms: number, language: Language): string => {
  if (ms < MINUTE_MS) return translate(language, "bot.sessions.just_now");
  if (ms < HOUR_MS) return translate(language, "bot.sessions.minutes", { count: Math.floor(ms / MINUTE_MS) });
  if (ms < DAY_MS) return translate(language, "bot.sessions.hours", { count: Math.floor(ms / HOUR_MS) });
  return translate(language, "bot.sessions.days", { count: Math.floor(ms / DAY_MS) });
};
