import type { Client } from "@steward/client/client";
import { type Approval, decideApproval, getApproval, listApprovals } from "@steward/contract/approvals";
import { escapeHidden } from "@steward/contract/visible-text";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { readScope, type ScopeOptions } from "../policies/scope.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { chooseOptions } from "./choose-options.ts";
import { describeApproval, describeEnd, shortId } from "./describe-approval.ts";
import { findApproval } from "./find-approval.ts";
import { watchApprovals } from "./watch-approvals.ts";

export interface ApprovalsDeps {
  readonly client: Client;
  readonly terminal: Terminal;
  readonly now: () => number;
}

export interface ListOptions extends ScopeOptions {
  readonly all?: boolean;
  readonly watch?: boolean;
}

export type ApprovalsVerbs = ReturnType<typeof createApprovalsVerbs>;

/** The verbs of `steward approvals`; each says what it did and resolves with the exit code. */
export const createApprovalsVerbs = (deps: ApprovalsDeps) => ({
  list: (options: ListOptions) => list(deps, options),
  show: (id: string) => show(deps, id),
  allow: (id: string, options: { session?: boolean }) => allow(deps, id, options),
  deny: (id: string, options: { message?: string }) => deny(deps, id, options),
  answer: (id: string, answers: readonly string[]) => answer(deps, id, answers),
});

async function list(deps: ApprovalsDeps, options: ListOptions): Promise<ExitCode> {
  const { client, terminal, now } = deps;
  const { botId, chatId } = readScope(options, terminal);
  const query = {
    ...(botId === undefined ? {} : { botId }),
    ...(chatId === undefined ? {} : { chatId }),
    ...(options.all === true ? {} : { state: "pending" as const }),
  };
  if (options.watch === true) return await watchApprovals(deps, query);
  const approvals = await client.call(listApprovals, { query });
  if (approvals.length === 0) {
    terminal.print(terminal.say("cli.approvals.none"));
    return EXIT.ok;
  }
  for (const approval of approvals) {
    for (const line of describeApproval(approval, terminal, now())) terminal.print(line);
    terminal.print("");
  }
  if (approvals.some(({ state }) => state === "pending")) terminal.note(terminal.say("cli.approvals.hint"));
  return EXIT.ok;
}

/** The whole input, escaped but not cut. */
async function show({ client, terminal, now }: ApprovalsDeps, typed: string): Promise<ExitCode> {
  const { id } = await findApproval(typed, client, terminal);
  const approval = await client.call(getApproval, { params: { approvalId: id } });
  const whole = { ...approval, text: escapeHidden(wordsOf(approval.input)), isCut: false };
  for (const line of describeApproval(whole, terminal, now())) terminal.print(line);
  if (approval.message !== null)
    terminal.print(terminal.say("cli.approvals.told", { message: harmlessLine(approval.message) }));
  return EXIT.ok;
}

/** Field by field, texts as they are and not as JSON: a command's line breaks are line breaks. */
function wordsOf(input: unknown): string {
  if (typeof input !== "object" || input === null) return String(input);
  return Object.entries(input)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value, null, 2)}`)
    .join("\n");
}

async function allow(
  { client, terminal }: ApprovalsDeps,
  typed: string,
  { session }: { session?: boolean },
): Promise<ExitCode> {
  const approval = await findApproval(typed, client, terminal);
  if (approval.kind === "question") {
    throw new CommandFailure(
      EXIT.nothingDone,
      terminal.say("cli.approvals.is_question", { id: shortId(approval.id) }),
    );
  }
  if (session === true && approval.rule === null && approval.state === "pending") {
    throw new CommandFailure(
      EXIT.nothingDone,
      terminal.say("cli.approvals.no_rule", { id: shortId(approval.id) }),
    );
  }
  return await decide({ client, terminal }, approval, { decision: session === true ? "session" : "once" });
}

async function deny(
  { client, terminal }: ApprovalsDeps,
  typed: string,
  { message }: { message?: string },
): Promise<ExitCode> {
  const approval = await findApproval(typed, client, terminal);
  return await decide({ client, terminal }, approval, {
    decision: "deny",
    ...(message === undefined ? {} : { message }),
  });
}

/** One answer per question, in their order. */
async function answer(
  { client, terminal }: ApprovalsDeps,
  typed: string,
  given: readonly string[],
): Promise<ExitCode> {
  const approval = await findApproval(typed, client, terminal);
  const { questions } = approval;
  if (questions === null) {
    throw new CommandFailure(
      EXIT.nothingDone,
      terminal.say("cli.approvals.is_no_question", { id: shortId(approval.id) }),
    );
  }
  if (given.length !== questions.length) {
    throw new CommandFailure(
      EXIT.nothingDone,
      terminal.say("cli.approvals.answer_count", { count: questions.length }),
    );
  }
  const answers = Object.fromEntries(
    questions.map((question, index) => [question.question, chooseOptions(question, given[index] ?? "")]),
  );
  return await decide({ client, terminal }, approval, { decision: "once", answers });
}

async function decide(
  { client, terminal }: Pick<ApprovalsDeps, "client" | "terminal">,
  { id, inputHash }: Approval,
  body: { decision: "once" | "session" | "deny"; message?: string; answers?: Record<string, string[]> },
): Promise<ExitCode> {
  const decided = await client.call(decideApproval, {
    params: { approvalId: id },
    body: { ...body, inputHash },
  });
  const call = harmlessLine(`${decided.toolName}: ${decided.summary}`);
  terminal.print(`${shortId(id)}  ${describeEnd(decided, terminal)}  ${call}`);
  return EXIT.ok;
}
