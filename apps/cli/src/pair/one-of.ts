import { CommandFailure, EXIT } from "../exit-codes.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** A word of a list as people type it. Throws CommandFailure that names the list. */
export function oneOf<Word extends string>(
  words: readonly Word[],
  typed: string,
  { say }: Pick<Terminal, "say">,
): Word {
  const word = words.find((each) => each === typed.toLowerCase());
  if (word !== undefined) return word;
  throw new CommandFailure(
    EXIT.nothingDone,
    say("cli.pair.one_of", { value: typed, words: words.join(", ") }),
  );
}
