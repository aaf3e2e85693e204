import type { AccessEntry } from "@steward/contract/access";
import type { MessageKey } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { Messenger } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import type { Command } from "./command.ts";

/** What a person may be at a bot. */
export type AccessRole = AccessEntry["role"];

/** The headings of `/help`, in its order. */
export const SECTIONS = ["talk", "memory", "queue", "choose", "look", "safety", "help"] as const;
export type Section = (typeof SECTIONS)[number];

/** One command: all that is known of it, and what does it. */
export interface CommandRow {
  /** As it is written after the slash: lower case, digits and `_`, 32 characters at most. */
  readonly name: string;
  /** Other words for it. They work, and are not listed. */
  readonly aliases: readonly string[];
  /** What may stand after it, as `/help` shows it; the same in all languages when it stands in brackets here. */
  readonly hint?: MessageKey | `[${string}]`;
  readonly description: MessageKey;
  readonly section: Section;
  /** Where it works. */
  readonly scope: "private" | "group" | "both";
  /** The least that its writer must be. */
  readonly role: AccessRole;
  /** In the menu of people's apps, which is short; `/help` lists all. */
  readonly inMenu: boolean;
  /** It may be given while a turn of the chat runs. */
  readonly whileBusy: boolean;
  readonly create: (deps: CommandDeps) => Command;
}

/** What a handler gets. It names what it needs of it. */
export interface CommandDeps {
  steward: Steward;
  messenger: Messenger;
  clock: Pick<Clock, "now">;
  /** Null: let in without a role of their own. */
  roleOf: (userId: string) => AccessRole | null;
  /** Without the at sign. */
  botUsername: string;
  /** The whole table. */
  rows: readonly CommandRow[];
}
