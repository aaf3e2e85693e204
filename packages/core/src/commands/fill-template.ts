/** What somebody has written behind a command, in words; quotes hold words together. */
export const wordsOf = (args: string): string[] =>
  [...args.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? "",
  );

/**
 * Puts words into a text: `$ARGUMENTS` is all of them as they were written, `$1` to `$9` one each, nothing where there is
 * none. In one pass: what a person wrote is never read as a placeholder.
 */
export function fillTemplate(template: string, args: string): string {
  const words = wordsOf(args);
  return template.replace(/\$(?:ARGUMENTS\b|([1-9])(?!\d))/g, (_, digit: string | undefined) =>
    digit === undefined ? args : (words[Number(digit) - 1] ?? ""),
  );
}

/** Whether a text has a place for what is written behind its command. */
export const takesArguments = (template: string): boolean =>
  fillTemplate(template, "\u0000") !== fillTemplate(template, "");

/** A program's arguments. One that is a placeholder alone, with nothing to put there, is left out. */
export function fillArgv(
  [program, ...rest]: readonly [string, ...string[]],
  args: string,
): [string, ...string[]] {
  const filled = rest.flatMap((argument) => {
    const isPlaceholder = /^\$(?:ARGUMENTS|[1-9])$/.test(argument);
    const value = fillTemplate(argument, args);
    return isPlaceholder && value === "" ? [] : [value];
  });
  return [program, ...filled];
}
