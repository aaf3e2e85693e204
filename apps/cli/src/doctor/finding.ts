import type { MessageKey } from "@steward/contract/messages";
import type { Params } from "../terminal/terminal.ts";

/** `warning`: works, but the owner should know. `problem`: something does not work or is not safe. */
export type FindingStatus = "ok" | "warning" | "problem";

export interface Message {
  readonly key: MessageKey;
  readonly params?: Params;
}

/** What one check found out, and how to mend it. */
export interface Finding {
  /** Stable name of the check, for scripts. */
  readonly check: string;
  readonly status: FindingStatus;
  readonly message: Message;
  readonly fix?: Message;
}

const finding =
  (status: FindingStatus) =>
  (check: string, message: Message, fix?: Message): Finding => ({
    check,
    status,
    message,
    ...(fix === undefined ? {} : { fix }),
  });

export const ok = finding("ok");
export const warning = finding("warning");
export const problem = finding("problem");

/** A message by its key; shorter to read in a list of checks. */
export const msg = (key: MessageKey, params?: Params): Message =>
  params === undefined ? { key } : { key, params };

/** A word of a shell command, quoted where the shell would take it apart. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
