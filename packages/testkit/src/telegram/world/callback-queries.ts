import type { Clock } from "@steward/platform/clock";
import type { Bot } from "./bot.ts";
import type { Chat } from "./chat.ts";
import type { Message } from "./message.ts";
import type { User } from "./user.ts";

export interface CallbackAnswer {
  atMs: number;
  text: string;
  showAlert: boolean;
  url: string | undefined;
}

/** Somebody pressed an inline button. */
export interface CallbackQuery {
  readonly id: string;
  readonly bot: Bot;
  readonly chat: Chat;
  readonly message: Message;
  readonly user: User;
  readonly data: string;
  readonly pressedAtMs: number;
  /** What the person saw; undefined while the button still shows its spinner. */
  answer: CallbackAnswer | undefined;
}

/** After this a query is "too old". Telegram does not publish the figure; 15 s is what bots report. */
const ANSWER_WITHIN_MS = 15_000;

/** The pressed buttons and their answers. */
export class CallbackQueries {
  readonly all: CallbackQuery[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  press(query: Pick<CallbackQuery, "bot" | "chat" | "message" | "user" | "data">): CallbackQuery {
    const id = String(9_000_000_000_000_001n + BigInt(this.all.length));
    const pressed = { ...query, id, pressedAtMs: this.#clock.now(), answer: undefined };
    this.all.push(pressed);
    return pressed;
  }

  /** The query a bot may still answer. */
  open(bot: Bot, id: string): CallbackQuery | undefined {
    const query = this.all.find((candidate) => candidate.id === id && candidate.bot === bot);
    if (query === undefined || query.answer !== undefined) return undefined;
    return this.#clock.now() - query.pressedAtMs <= ANSWER_WITHIN_MS ? query : undefined;
  }
}
