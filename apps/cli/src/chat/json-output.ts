import type { Terminal } from "../terminal/terminal.ts";
import type { TurnOutput } from "./turn-run.ts";

/** One JSON line per turn event on standard output, as the API tells them; `final` is the last. */
export const createJsonOutput = (terminal: Terminal): TurnOutput => ({
  show: (event) => terminal.print(JSON.stringify(event)),
  notice: (text) => terminal.note(text),
});
