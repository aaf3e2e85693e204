/** How voice messages become text, as the environment says. */
export type TranscriptionSetting =
  | { readonly mode: "off" }
  | {
      readonly mode: "openai";
      /** The whole address, path included. */
      readonly url: string;
      readonly model: string;
      /** ISO 639-1; null: found out by who listens. */
      readonly language: string | null;
      /** Null for a server of one's own that wants none. */
      readonly key: string | null;
      readonly timeoutMs: number;
    }
  | { readonly mode: "command"; readonly argv: readonly [string, ...string[]]; readonly timeoutMs: number };

/**
 * A command as its words: a JSON list, or words between spaces. No shell reads it. Null when it is neither.
 */
export function readArgv(text: string): [string, ...string[]] | null {
  if (!text.trimStart().startsWith("[")) return asArgv(text.trim().split(/\s+/));
  try {
    return asArgv(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function asArgv(words: unknown): [string, ...string[]] | null {
  if (!Array.isArray(words) || !words.every((word) => typeof word === "string")) return null;
  const [command, ...args] = words;
  return command === undefined || command === "" ? null : [command, ...args];
}
