import type { CliTurn } from "../cli-driver.ts";

/**
 * A turn as one line of input.
 *
 * Text reaches the CLI in an array of content blocks that ends in an *empty text block*. That makes it plain text:
 * the CLI looks for commands and mentions in the last block alone, and takes empty blocks out before it asks the
 * model. Measured on 2.1.197 and 2.1.328 (docs/claude-cli-notes.md):
 *
 * - without it, `/cost`, a known command, is run, as a string and as a single block alike;
 * - without it, 2.1.328 replaces `@path` by the content of that file, of any file the user can read, before any hook
 *   and without asking: a forwarded message could fetch a private key;
 * - with it, the model gets exactly the text, also after resume and compaction.
 *
 * A command from the allow-list is sent as it is: then the CLI runs it.
 */
export function encodeTurn(turn: CliTurn, allowCommands: readonly string[] = []): string {
  const content = isCommand(turn, allowCommands)
    ? turn.text
    : [
        ...(turn.images ?? []).map((image) => ({
          type: "image",
          source: { type: "base64", media_type: image.mediaType, data: image.base64 },
        })),
        ...(turn.context === undefined ? [] : [{ type: "text", text: turn.context }]),
        { type: "text", text: turn.text },
        { type: "text", text: "" },
      ];
  const message = { role: "user", content };
  return JSON.stringify({ type: "user", uuid: turn.uuid, session_id: "", parent_tool_use_id: null, message });
}

/** True when the turn is a slash command that may run. A turn with images or context never is one. */
export function isCommand(turn: CliTurn, allowCommands: readonly string[] = []): boolean {
  const word = /^\/\S*/.exec(turn.text)?.[0];
  return (
    word !== undefined &&
    allowCommands.includes(word) &&
    (turn.images ?? []).length === 0 &&
    turn.context === undefined
  );
}
