import type { BotCommand } from "@grammyjs/types";
import type { LongPoll } from "../updates/long-poll.ts";
import type { UpdateQueue } from "../updates/update-queue.ts";
import type { Webhook } from "../updates/webhook.ts";

/** What BotFather decides about a bot. */
export interface BotSettings {
  /** Privacy mode off: the bot sees everything said in its groups. Default false. */
  canReadAllGroupMessages: boolean;
  /** Topics in private chats. Default false. */
  hasTopicsEnabled: boolean;
  /** People may open topics in the private chat themselves. Default false. */
  allowsUsersToCreateTopics: boolean;
}

export interface Bot {
  readonly id: number;
  readonly token: string;
  readonly username: string;
  readonly firstName: string;
  readonly settings: BotSettings;
  readonly updates: UpdateQueue;
  readonly longPoll: LongPoll;
  readonly webhook: Webhook;
  /** setWebhook is answered 429 before this monotonic time. */
  nextSetWebhookMs: number;
  /** Command menus by `scope|language`. */
  readonly commands: Map<string, BotCommand[]>;
  /** Name, description and short description by `kind|language`. */
  readonly texts: Map<string, string>;
  /** The account-wide counter of its private chats and basic groups. */
  lastMessageId: number;
  /** A revoked token is answered 401. */
  revoked: boolean;
}
