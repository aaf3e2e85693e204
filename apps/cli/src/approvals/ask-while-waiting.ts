import { createInterface, type Interface } from "node:readline";
import type { Client } from "@steward/client/client";
import type { TurnOutput } from "../chat/turn-run.ts";
import { createTurnView } from "../chat/turn-view.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { ApprovalDesk } from "./approval-desk.ts";

/** Somebody sits there who sees a question and can type an answer. */
export const canAsk = ({ stdin, stderr }: Terminal): boolean => stdin.isTTY === true && stderr.isTTY === true;

/** Shows a turn and asks the person for its approvals. Standard input is read only while a question stands. */
export function askWhileWaiting(deps: { client: Client; terminal: Terminal }): {
  output: TurnOutput;
  close(): void;
} {
  const { terminal } = deps;
  const desk = new ApprovalDesk(deps);
  const view = createTurnView(terminal, { asks: true });
  let readline: Interface | null = null;

  const close = (): void => {
    readline?.close();
    readline = null;
  };
  const listen = (): void => {
    if (readline !== null) return;
    readline = createInterface({ input: terminal.stdin, output: terminal.stderr, prompt: "› " });
    readline.on("line", (line) => {
      desk
        .answer(line)
        .catch((error: unknown) => view.notice(error instanceof Error ? error.message : String(error)))
        .finally(() => (desk.isAsking ? readline?.prompt() : close()));
    });
    // While it reads, the terminal's Ctrl-C comes here.
    readline.on("SIGINT", () => void process.emit("SIGINT"));
    readline.prompt();
  };

  return {
    close,
    output: {
      notice: (text) => view.notice(text),
      show: (event) => {
        view.show(event);
        desk.take(event);
        if (desk.isAsking) listen();
        else close();
      },
    },
  };
}
