import { ApiError } from "@steward/client/api-error";
import type { Client } from "@steward/client/client";
import { decideApproval } from "@steward/contract/approvals";
import { translateError } from "@steward/contract/messages";
import type { TurnEvent } from "@steward/contract/turn-events";
import { harmlessLine } from "../terminal/harmless.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { chooseOptions } from "./choose-options.ts";

type Asked = TurnEvent & { type: "approval_requested" };

interface DeskDeps {
  readonly client: Client;
  readonly terminal: Terminal;
}

const YES = ["y", "yes", "是", "好", "可以", "允许"];
const SESSION = ["s", "session", "会话"];
const NO = ["n", "no", "不", "否", "不要", "拒绝"];
const SKIP = "/skip";
/** Shorter than this it is a slip of the finger, not a message to the agent. */
const SHORTEST_MESSAGE = 4;

/**
 * The questions of the turn on the screen, asked one after the other of the person at the terminal. It writes the
 * question and is handed what they type; the call itself is shown by the turn's view.
 */
export class ApprovalDesk {
  readonly #deps: DeskDeps;
  /** Each with its answers so far: it may have several questions. */
  #queue: { asked: Asked; answers: string[][] }[] = [];

  constructor(deps: DeskDeps) {
    this.#deps = deps;
  }

  get isAsking(): boolean {
    return this.#queue.length > 0;
  }

  /** Takes what concerns it of a turn's events. */
  take(event: TurnEvent): void {
    if (event.type === "approval_requested") {
      this.#queue.push({ asked: event, answers: [] });
      if (this.#queue.length === 1) this.#ask();
    } else if (event.type === "approval_resolved") this.#remove(event.approvalId);
    else if (event.type === "final") this.#queue = [];
  }

  /** What the person typed at the question. */
  async answer(typed: string): Promise<void> {
    const [first] = this.#queue;
    if (first === undefined) return;
    const { asked, answers } = first;
    const body =
      asked.questions === null ? this.#decision(asked, typed) : this.#choices(asked, answers, typed);
    if (body === null) {
      this.#ask();
      return;
    }
    const { client, terminal } = this.#deps;
    try {
      const { approvalId, inputHash } = asked;
      await client.call(decideApproval, { params: { approvalId }, body: { ...body, inputHash } });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      terminal.note(
        terminal.style("stderr", "red", translateError(terminal.language, error.code, error.params)),
      );
    }
    // The event that says so may come later, or not at all any more.
    this.#remove(asked.approvalId);
  }

  #remove(approvalId: string): void {
    const wasFirst = this.#queue[0]?.asked.approvalId === approvalId;
    this.#queue = this.#queue.filter(({ asked }) => asked.approvalId !== approvalId);
    if (wasFirst) this.#ask();
  }

  #decision(asked: Asked, typed: string) {
    const word = typed.trim().toLowerCase();
    if (YES.includes(word)) return { decision: "once" as const };
    if (SESSION.includes(word) && asked.rule !== null) return { decision: "session" as const };
    if (NO.includes(word)) return { decision: "deny" as const };
    return [...word].length < SHORTEST_MESSAGE ? null : { decision: "deny" as const, message: typed.trim() };
  }

  #choices(asked: Asked, answers: string[][], typed: string) {
    if (typed.trim() === SKIP) return { decision: "deny" as const };
    const questions = asked.questions ?? [];
    const question = questions[answers.length];
    const chosen = question === undefined ? [] : chooseOptions(question, typed);
    if (chosen.length > 0) answers.push(chosen);
    if (answers.length < questions.length) return null;
    const named = Object.fromEntries(
      questions.map(({ question: name }, index) => [name, answers[index] ?? []]),
    );
    return { decision: "once" as const, answers: named };
  }

  #ask(): void {
    const { terminal } = this.#deps;
    const [first] = this.#queue;
    if (first === undefined) return;
    terminal.note(terminal.style("stderr", "yellow", this.#question(first.asked, first.answers.length)));
  }

  /** @param index how many of its questions have their answer */
  #question({ kind, questions, rule }: Asked, index: number): string {
    const { say } = this.#deps.terminal;
    if (questions !== null) {
      const question = questions[index];
      const key = question?.multiSelect === true ? "cli.approvals.ask_several" : "cli.approvals.ask_one";
      return say(key, { question: harmlessLine(question?.question ?? "") });
    }
    if (kind === "plan") return say("cli.approvals.ask_plan");
    return rule === null
      ? say("cli.approvals.ask_once")
      : say("cli.approvals.ask", { rule: harmlessLine(rule) });
  }
}
