import type { MessageKey } from "@steward/contract/messages";
import type { CommanderError } from "commander";
import type { Terminal } from "./terminal/terminal.ts";

const SENTENCES: Readonly<Record<string, MessageKey>> = {
  "commander.unknownCommand": "cli.usage.unknown_command",
  "commander.unknownOption": "cli.usage.unknown_option",
  "commander.missingArgument": "cli.usage.missing_argument",
  "commander.optionMissingArgument": "cli.usage.missing_value",
  "commander.excessArguments": "cli.usage.too_many",
};

/** Commander's complaint in the person's language; its English sentence carries the facts as `'name'` and `(Did you mean x?)`. */
export function describeUsageError(error: CommanderError, { say }: Terminal): string {
  const key = SENTENCES[error.code];
  if (key === undefined) return error.message.replace(/^error: /, "");
  const name = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  const nearest = /\(Did you mean (?:one of )?([^?]+)\?\)/.exec(error.message)?.[1];
  return [
    say(key, { name }),
    nearest === undefined ? say("cli.usage.see_help") : say("cli.usage.did_you_mean", { name: nearest }),
  ].join(" ");
}
