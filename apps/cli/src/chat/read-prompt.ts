import { text as readText } from "node:stream/consumers";
import type { Terminal } from "../terminal/terminal.ts";

/**
 * What to send: the words given, `-` replaced by standard input, which is also read when no words are given and it is
 * no terminal. Never read otherwise: under cron or ssh it may be a pipe that nobody closes.
 *
 * @returns null when a person should be asked instead: no words, and a terminal to ask at.
 */
export async function readPrompt(words: readonly string[], stdin: Terminal["stdin"]): Promise<string | null> {
  const wantsStdin = words.includes("-") || (words.length === 0 && stdin.isTTY !== true);
  if (words.length === 0 && !wantsStdin) return null;
  const spoken = words.filter((word) => word !== "-").join(" ");
  const piped = wantsStdin ? (await readText(stdin)).trimEnd() : "";
  return [spoken, piped].filter((part) => part !== "").join("\n\n");
}
