import type { Clock } from "@steward/platform/clock";
import type { Group } from "./control/group.ts";
import type { Person } from "./control/person.ts";
import type { Faults } from "./faults/faults.ts";
import type { Limits } from "./faults/limits.ts";
import type { WaitOptions } from "./ledger/changes.ts";
import type { ApiCall, CallFilter, Violation } from "./ledger/ledger.ts";
import type { RenderOptions } from "./transcript/render-transcript.ts";
import type { Transcript, TranscriptMessage, TranscriptOptions } from "./transcript/transcript.ts";
import type { PendingUpdate } from "./updates/update-queue.ts";
import type { Bot } from "./world/bot.ts";
import type { User } from "./world/user.ts";
import type { AddBotOptions } from "./world/world.ts";

export interface EmulatorOptions {
  /** 0 (default) takes a free port. */
  port?: number;
  /** Dates, expiries, long polls, limits. Default: the system clock. */
  clock?: Clock;
  /** A local server with `--local`: files lie in this directory, are named by absolute paths, and may have 2,000 MB. */
  localFiles?: string;
  /** Default true. False: what Telegram would swallow is only recorded, and the call goes on as it would there. */
  strict?: boolean;
}

export interface GroupOptions {
  title?: string;
  /** Default supergroup. */
  type?: "group" | "supergroup";
  /** A supergroup with topics. Default false. */
  forum?: boolean;
  username?: string;
  id?: number;
  /** Its creator; a new person when absent. */
  owner?: Person;
  /** Further people in it from the start, silently. */
  people?: readonly Person[];
}

/** A chat as tests name it: the person (their private chat with the bot at hand), the group, or its id. */
export type ChatRef = Person | Group | number;
/** A bot, or anything that has its id. */
export type BotRef = Pick<Bot, "id">;

/** A running Bot API server with people in front of it. */
export interface TelegramEmulator {
  /** The API root, `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  readonly limits: Limits;
  /** The same Bot API without a network, for a program that runs in the test's process on the test's clock. */
  readonly fetch: typeof globalThis.fetch;
  readonly violations: readonly Violation[];

  addBot(options?: AddBotOptions): Bot;
  user(options?: Partial<Omit<User, "deactivated">>): Person;
  group(options?: GroupOptions): Group;
  /** From now on the bot's token is answered 401. */
  revokeToken(bot: BotRef): void;

  /** Puts anything at all into a bot's queue: unknown kinds, garbage, with `update_id` also duplicates and old ids. */
  pushRaw(bot: BotRef, update: Readonly<Record<string, unknown>>): number;
  /** Gap (higher) or reset (lower) of a bot's update ids. */
  setNextUpdateId(bot: BotRef, id: number): void;
  /** What a bot has not confirmed. */
  pendingUpdates(bot: BotRef): PendingUpdate[];
  /** Is a getUpdates of this bot waiting right now? */
  isPolling(bot: BotRef): boolean;

  transcript(bot: BotRef, chat: ChatRef, options?: TranscriptOptions): Transcript;
  /** What stands on the screen of a chat now, as Markdown without ids and times. */
  renderScreen(bot: BotRef, chat: ChatRef): string;
  /** The chat, or without one every chat of the bot, or without a bot everything, as readable text. */
  renderTranscript(bot?: BotRef, chat?: ChatRef, options?: RenderOptions): string;
  /** All calls in order, without polls unless asked for. */
  calls(bot?: BotRef, filter?: CallFilter): ApiCall[];
  assertNoViolations(): void;

  /**
   * Resolves with the first value of `predicate` that is not undefined, null or false. It is looked at when something
   * happened, never by polling. Rejects after `timeoutMs` (default 5000) with everything rendered in the message.
   */
  waitFor<T>(predicate: () => T | undefined | null | false, options?: WaitOptions): Promise<T>;
  /** Resolves with the first visible message of the chat that satisfies `matches`. */
  waitForMessage(
    bot: BotRef,
    chat: ChatRef,
    matches: (message: TranscriptMessage) => boolean,
    options?: WaitOptions,
  ): Promise<TranscriptMessage>;
  /** Resolves when everything pushed so far has been fetched and confirmed and a poll is waiting. */
  waitForIdlePoll(bot: BotRef, options?: WaitOptions): Promise<void>;

  close(): Promise<void>;
}
