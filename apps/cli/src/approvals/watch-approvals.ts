import { setTimeout as sleep } from "node:timers/promises";
import { type Approval, listApprovals } from "@steward/contract/approvals";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { ApprovalsDeps } from "./approvals-command.ts";
import { describeApproval, describeEnd, shortId } from "./describe-approval.ts";

/** A person needs longer than this to reach for the keyboard. */
const LOOK_EVERY_MS = 1_000;

interface Query {
  readonly botId?: string;
  readonly chatId?: string;
}

/** Tells each new question, and how each ended, until Ctrl-C. */
export async function watchApprovals(deps: ApprovalsDeps, { botId, chatId }: Query): Promise<ExitCode> {
  const { client, terminal, now } = deps;
  const interrupted = new AbortController();
  const stop = (): void => interrupted.abort();
  process.once("SIGINT", stop);
  const told = new Map<string, Approval["state"]>();
  const query = { ...(botId === undefined ? {} : { botId }), ...(chatId === undefined ? {} : { chatId }) };
  terminal.note(terminal.say("cli.approvals.watching"));
  try {
    while (!interrupted.signal.aborted) {
      const approvals = await client.call(listApprovals, { query, signal: interrupted.signal });
      for (const approval of approvals) {
        const before = told.get(approval.id);
        told.set(approval.id, approval.state);
        if (before === approval.state || (before === undefined && approval.state !== "pending")) continue;
        if (approval.state === "pending") {
          for (const line of describeApproval(approval, terminal, now())) terminal.print(line);
        } else terminal.print(`${shortId(approval.id)}  ${describeEnd(approval, terminal)}`);
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal: interrupted.signal });
    }
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
  } finally {
    process.off("SIGINT", stop);
  }
  return EXIT.interrupted;
}
