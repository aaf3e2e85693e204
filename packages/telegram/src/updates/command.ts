import type { UpdateCommand } from "./classified-update.ts";

/** A path at the beginning of a message ("/etc/hosts looks odd") is not a command. */
const COMMAND = /^\/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,32}))?(?=\s|$)/;

export function parseCommand(text: string): UpdateCommand | null {
  const match = COMMAND.exec(text);
  if (match?.[1] === undefined) return null;
  return {
    name: match[1].toLowerCase(),
    args: text.slice(match[0].length).trim(),
    ...(match[2] === undefined ? {} : { addressedTo: match[2] }),
  };
}
