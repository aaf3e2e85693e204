import { createInterface, type Interface } from "node:readline";
import type { ChatAddress } from "@steward/contract/ids";
import type { TurnEvent } from "@steward/contract/turn-events";
import { ApprovalDesk } from "../approvals/approval-desk.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { explainFailure } from "../service/explain.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { CHAT_COMMANDS } from "./chat-commands.ts";
import { type SubmitDeps, submitPrompt } from "./submit.ts";
import { TurnRun } from "./turn-run.ts";
import { createTurnView } from "./turn-view.ts";

export interface ConversationDeps extends SubmitDeps {
  readonly terminal: Terminal;
  readonly chat: ChatAddress;
  readonly apiUrl: string;
}

/** Lines that come closer together than a person types are one pasted text. */
const PASTE_GAP_MS = 30;

/**
 * Talks with the person until /exit or Ctrl-D. Prompts typed while an answer is coming are handed in at once and
 * answered in their order. Ctrl-C stops the running turn; a second one, or one at an empty prompt after another, leaves.
 */
export async function runConversation(deps: ConversationDeps): Promise<ExitCode> {
  const { terminal } = deps;
  const prompt = terminal.style("stdout", "bold", "› ");
  const readline = createInterface({ input: terminal.stdin, output: terminal.stdout, prompt });
  terminal.note(
    terminal.style("stderr", "dim", terminal.say("cli.chat.welcome", { chat: deps.chat.chatId })),
  );
  const conversation = new Conversation(deps, readline);
  readline.prompt();
  return await conversation.ended;
}

class Conversation {
  readonly ended: Promise<ExitCode>;
  readonly #deps: ConversationDeps;
  readonly #readline: Interface;
  /** What is being answered or waits for it; the first is the one on the screen. */
  readonly #runs: TurnRun[] = [];
  #shown: Promise<void> = Promise.resolve();
  #handedIn: Promise<unknown> = Promise.resolve();
  #pasted: string[] = [];
  #pasteTimer: NodeJS.Timeout | undefined;
  readonly #desk: ApprovalDesk;
  #leaveWarned = false;
  #closed = false;

  constructor(deps: ConversationDeps, readline: Interface) {
    this.#deps = deps;
    this.#readline = readline;
    this.#desk = new ApprovalDesk(deps);
    readline.on("line", (line) => this.#collect(line));
    readline.on("SIGINT", () => this.#interrupt());
    this.ended = new Promise((resolve) => readline.on("close", () => resolve(this.#close())));
  }

  /** Leaving does not stop what was asked. */
  #close(): ExitCode {
    this.#closed = true;
    clearTimeout(this.#pasteTimer);
    const { terminal } = this.#deps;
    const going = this.#runs.length;
    terminal.note(going === 0 ? "" : `\n${terminal.say("cli.chat.goes_on", { count: going })}`);
    for (const run of this.#runs) run.leave();
    return EXIT.ok;
  }

  #collect(line: string): void {
    this.#leaveWarned = false;
    this.#pasted.push(line);
    clearTimeout(this.#pasteTimer);
    this.#pasteTimer = setTimeout(() => this.#flush(), PASTE_GAP_MS);
  }

  #flush(): void {
    clearTimeout(this.#pasteTimer);
    const text = this.#pasted.join("\n").trim();
    this.#pasted = [];
    void this.#handle(text)
      .catch((error: unknown) => this.#tellError(error))
      .then(() => this.#promptWhenIdle());
  }

  async #handle(text: string): Promise<void> {
    const command = CHAT_COMMANDS[text];
    if (text === "/exit" || text === "/quit") this.#readline.close();
    else if (text === "/stop") await this.#stop();
    else if (command !== undefined) this.#deps.terminal.note(await command(this.#deps));
    else if (this.#desk.isAsking) await this.#desk.answer(text);
    else if (text !== "") this.#submit(text);
  }

  #submit(text: string): void {
    const { terminal, client, chat } = this.#deps;
    const view = createTurnView(terminal, { asks: true });
    const output = {
      ...view,
      show: (event: TurnEvent) => {
        view.show(event);
        this.#desk.take(event);
      },
    };
    const run = new TurnRun({ client, terminal, chat, output, clock: this.#deps.clock });
    this.#runs.push(run);
    const submitted = this.#handedIn.then(() => submitPrompt(this.#deps, chat, text));
    // A refusal is told when its turn on the screen comes; the next prompt does not wait for that.
    this.#handedIn = submitted.catch(() => undefined);
    this.#shown = this.#shown
      .then(() => run.follow(submitted))
      .then(
        () => undefined,
        (error: unknown) => this.#tellError(error),
      )
      .then(() => {
        this.#runs.shift();
        this.#promptWhenIdle();
      });
  }

  async #stop(): Promise<void> {
    const [running] = this.#runs;
    if (running === undefined) this.#deps.terminal.note(this.#deps.terminal.say("cli.chat.nothing_running"));
    else await running.stop();
  }

  #interrupt(): void {
    const [running] = this.#runs;
    const typed = this.#readline.line !== "";
    if (running !== undefined && !running.stopWanted) {
      void running.stop();
    } else if (running !== undefined || (this.#leaveWarned && !typed)) {
      this.#readline.close();
    } else {
      // Drops what was typed, as a shell does.
      this.#readline.write(null, { ctrl: true, name: "e" });
      this.#readline.write(null, { ctrl: true, name: "u" });
      this.#leaveWarned = !typed;
      if (!typed) this.#deps.terminal.note(`\n${this.#deps.terminal.say("cli.chat.leave_hint")}`);
      this.#readline.prompt();
    }
  }

  #tellError(error: unknown): void {
    const { terminal, apiUrl } = this.#deps;
    const failure = explainFailure(error, terminal, apiUrl);
    terminal.note(
      terminal.style("stderr", "red", failure instanceof Error ? failure.message : String(failure)),
    );
  }

  #promptWhenIdle(): void {
    if (this.#runs.length === 0 && !this.#closed) this.#readline.prompt();
  }
}
