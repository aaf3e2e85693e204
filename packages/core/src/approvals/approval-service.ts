import type { ToolPermissionDecision, ToolPermissionRequest } from "@steward/claude/cli-driver";
import type { Approval } from "@steward/contract/approvals";
import { DomainError } from "@steward/contract/errors";
import type { MessageKey } from "@steward/contract/messages";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { TurnSource } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import type { TurnEventLog } from "../turns/turn-event-log.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import type { TurnRecord } from "../turns/turn-repository.ts";
import { type ApprovalAnswer, answerFor } from "./answer-for.ts";
import { createApprovalLedger } from "./approval-ledger.ts";
import type {
  ApprovalFilter,
  ApprovalOutcome,
  ApprovalRecord,
  ApprovalRepository,
} from "./approval-repository.ts";
import { showApproval, toApproval } from "./approval-view.ts";
import { assertOpen } from "./assert-open.ts";
import { sessionRule, showRule } from "./session-rule.ts";
import { deniedByTime, deniedUnattended, shortSpan, WITHDRAWN } from "./words-for-the-agent.ts";

export interface ApprovalService {
  /**
   * Asks a person, or answers at once where a policy says so. The question is committed before anybody is told of it.
   * Resolves with the denial when nobody answers in time or `signal` aborts; rejects when it could not be written down.
   */
  ask(turn: TurnRecord, request: ToolPermissionRequest, signal: AbortSignal): Promise<ToolPermissionDecision>;
  list(filter: ApprovalFilter): Approval[];
  /** Throws not_found. */
  get(id: string): Approval & { input: unknown };
  /**
   * Answers once and for all; audited. Throws not_found, forbidden (another person's turn), conflict (not what was
   * shown), approval_decided, approval_expired, approval_withdrawn, validation_failed.
   */
  decide(id: string, answer: ApprovalAnswer): Approval;
  /** What an earlier boot left unanswered has expired with it. Answers how many. */
  expireLeftOver(): number;
}

/** Doors without a person behind them who could be asked. */
const UNATTENDED: readonly TurnSource[] = ["gateway", "cron", "mcp"];
const HOLDER = "owner";
const STEWARD = "steward";

const EXPIRED = { state: "expired", decision: null, message: null, decidedBy: STEWARD } as const;

interface Waiter {
  record: ApprovalRecord;
  deliver: boolean;
  timeoutMs: number;
  timer: Timer;
  settle: (decision: ToolPermissionDecision) => void;
}

export const createApprovalService = (deps: {
  database: OpenDatabase;
  approvals: ApprovalRepository;
  chats: ChatRepository;
  policies: Pick<PolicyService, "get">;
  settings: Pick<SettingsRepository, "audit">;
  events: TurnEventLog;
  journal: Pick<TurnJournal, "notify">;
  clock: Clock;
  ids: Ids;
  log: Logger;
  /** What is withdrawn while the service stops has expired: it cannot be answered after the next start. */
  stopping: () => boolean;
}): ApprovalService => {
  const { database, approvals, policies, settings, clock, log } = deps;
  const ledger = createApprovalLedger(deps);
  const waiters = new Map<string, Waiter>();

  const require = (id: string): ApprovalRecord => {
    const record = approvals.find(id);
    if (!record) throw new DomainError("not_found", "There is no such approval");
    return record;
  };

  const release = (id: string, told: ToolPermissionDecision): void => {
    const waiter = waiters.get(id);
    waiters.delete(id);
    waiter?.timer.cancel();
    waiter?.settle(told);
  };

  /** Nobody answered. Whatever happens to the note about it, the tool does not run. */
  const giveUp = (id: string, state: "expired" | "withdrawn", message: string): void => {
    const waiter = waiters.get(id);
    if (!waiter) return;
    const told: ToolPermissionDecision = { behavior: "deny", message };
    try {
      const outcome = { state, decision: null, message: null, decidedBy: STEWARD, at: clock.now() };
      ledger.settle(waiter.record, outcome);
    } catch (error) {
      log.error({ err: error, approvalId: id }, "the end of an approval could not be written down");
    } finally {
      release(id, told);
    }
  };

  const expire = (waiter: Waiter): void => {
    const { record, timeoutMs, deliver } = waiter;
    giveUp(record.id, "expired", deniedByTime(timeoutMs));
    if (deliver) notify(record, "notice.approval_expired", { time: shortSpan(timeoutMs) });
  };

  const notify = (record: ApprovalRecord, key: MessageKey, params: Record<string, string> = {}): void => {
    const { toolName, summary } = showApproval(record);
    try {
      const chat = deps.chats.byRef(record.chatRef);
      deps.journal.notify(chat, key, { ...params, call: `${toolName}: ${summary}` });
    } catch (error) {
      log.error({ err: error, approvalId: record.id }, "the person could not be told of an approval");
    }
  };

  const denyUnattended = (turn: TurnRecord, request: ToolPermissionRequest): ToolPermissionDecision => {
    const record = ledger.open(turn, request, 0);
    const rule = sessionRule(request.suggestions);
    const message = deniedUnattended(turn, rule === null ? request.name : showRule(rule));
    const decidedBy = "policy:unattended";
    ledger.settle(record, { state: "denied", decision: "deny", message: null, decidedBy, at: clock.now() });
    return { behavior: "deny", message };
  };

  const assertMayAnswer = (record: ApprovalRecord, answer: ApprovalAnswer): void => {
    const { id } = record;
    if (answer.userId !== undefined && answer.userId !== record.userId) {
      settings.audit(`user:${answer.userId}`, "approval_refused", `approval:${id}`, "another person's turn");
      throw new DomainError("forbidden", "Only the person whose message asked for this can answer it");
    }
  };

  return {
    ask: async (turn, request, signal) => {
      const subject = { id: turn.chatRef, botId: turn.botId };
      if (UNATTENDED.includes(turn.source) && policies.get("unattended", subject) === "deny") {
        return denyUnattended(turn, request);
      }
      const timeoutMs = policies.get("approvalTimeoutMs", subject);
      const record = ledger.open(turn, request, timeoutMs);
      return new Promise((resolve) => {
        const withdraw = () => giveUp(record.id, deps.stopping() ? "expired" : "withdrawn", WITHDRAWN);
        const waiter: Waiter = {
          record,
          deliver: turn.deliver,
          timeoutMs,
          timer: clock.setTimer(timeoutMs, () => expire(waiter)),
          settle: (decision) => {
            signal.removeEventListener("abort", withdraw);
            resolve(decision);
          },
        };
        waiters.set(record.id, waiter);
        ledger.announce(record);
        // Its turn's status message is gone: the person is told by a message of its own.
        if (turn.deliver && deps.events.live(turn.id) === null) notify(record, "notice.approval_wanted");
        if (signal.aborted) withdraw();
        else signal.addEventListener("abort", withdraw, { once: true });
      });
    },
    list: (filter) => approvals.list(filter).map(toApproval),
    get: (id) => {
      const record = require(id);
      return { ...toApproval(record), input: JSON.parse(record.input) as unknown };
    },
    decide: (id, answer) => {
      const record = require(id);
      assertMayAnswer(record, answer);
      const waiter = waiters.get(id);
      // The machine may have slept through the timer; and a question that nobody waits with cannot be answered.
      if (!waiter || clock.now() >= record.expiresAt) {
        if (waiter) expire(waiter);
        else ledger.settle(record, { ...EXPIRED, at: clock.now() });
        assertOpen(require(id));
      }
      const told = answerFor(record, answer);
      const outcome: ApprovalOutcome = {
        state: told.behavior === "allow" ? "allowed" : "denied",
        decision: answer.decision,
        message: answer.message ?? null,
        decidedBy: answer.userId === undefined ? HOLDER : `user:${answer.userId}`,
        at: clock.now(),
      };
      if (!ledger.settle(record, outcome)) assertOpen(require(id));
      release(id, told);
      return toApproval(require(id));
    },
    expireLeftOver: () => {
      const left = approvals.allPending();
      database.write(() => {
        for (const record of left) {
          approvals.settle(record.id, { ...EXPIRED, at: clock.now() });
          settings.audit(STEWARD, "approval_expired", `approval:${record.id}`, "the service was restarted");
        }
      });
      return left.length;
    },
  };
};
