import type { ToolPermissionRequest } from "@steward/claude/cli-driver";
import type { TurnEventBody } from "@steward/contract/turn-events";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { ApprovalKind } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import type { TurnEventLog } from "../turns/turn-event-log.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import type { ApprovalMessages } from "./approval-messages.ts";
import type { ApprovalOutcome, ApprovalRecord, ApprovalRepository } from "./approval-repository.ts";
import { type AnswerDraft, showApproval, toApproval } from "./approval-view.ts";
import { inputHash } from "./input-hash.ts";
import { readQuestions } from "./questions.ts";
import { sessionRule } from "./session-rule.ts";

/** What is written down about approvals, and told once it is written. */
export interface ApprovalLedger {
  /** Committed when it returns. Nobody has been told. */
  open(turn: TurnRecord, request: ToolPermissionRequest, timeoutMs: number): ApprovalRecord;
  /** Tells whoever follows the turn. */
  announce(record: ApprovalRecord): void;
  /** What has been chosen so far is shown in the chat. */
  showDraft(record: ApprovalRecord, draft: AnswerDraft): void;
  /**
   * Once, with its line in the audit and the rewritten message in the same transaction, then told; false when it was settled
   * before. `chosen`: what a question was answered with; `auditedAs`: whom the audit names in place of `decidedBy`.
   */
  settle(
    record: ApprovalRecord,
    outcome: ApprovalOutcome,
    more?: { chosen?: AnswerDraft | null; auditedAs?: string | undefined },
  ): boolean;
}

export const createApprovalLedger = (deps: {
  database: OpenDatabase;
  approvals: ApprovalRepository;
  settings: Pick<SettingsRepository, "audit">;
  messages: ApprovalMessages;
  events: Pick<TurnEventLog, "append">;
  clock: Clock;
  ids: Ids;
  log: Logger;
}): ApprovalLedger => {
  const { approvals, settings, clock, log } = deps;

  /** What has been committed holds, also when the log of the turn cannot take it just now. */
  const tell = (turnId: string, event: TurnEventBody): void => {
    try {
      deps.events.append(turnId, event);
    } catch (error) {
      log.error({ err: error, turnId }, "an approval could not be told");
    }
  };

  return {
    open: (turn, request, timeoutMs) => {
      const rule = sessionRule(request.suggestions);
      const createdAt = clock.now();
      const row = {
        id: deps.ids.uuid7(),
        turnId: turn.id,
        chatRef: turn.chatRef,
        userId: turn.userId,
        kind: kindOf(request),
        state: "pending" as const,
        toolUseId: request.toolUseId,
        toolName: request.name,
        input: JSON.stringify(request.input ?? null),
        inputHash: inputHash(request.name, request.input),
        description: request.description,
        reason: request.reason,
        suggestion: rule === null ? null : JSON.stringify(rule),
        createdAt,
        expiresAt: createdAt + timeoutMs,
        answer: null,
        decidedBy: null,
        decidedAt: null,
      };
      const { botId, chatId, threadId } = turn;
      const record = { ...row, botId, chatId, threadId };
      deps.database.write((tx) => {
        approvals.insert(row);
        // Answered by a policy at once: there is nothing to ask.
        if (turn.deliver && timeoutMs > 0) deps.messages.ask(tx, turn, toApproval(record));
      });
      return record;
    },
    announce: (record) => {
      const { id, turnId, toolName } = record;
      deps.messages.publish(id);
      tell(turnId, { type: "approval_requested", ...showApproval(record) });
      log.info({ approvalId: id, turnId, tool: toolName }, "waiting for approval");
    },
    showDraft: (record, draft) => {
      deps.database.write((tx) => deps.messages.rewrite(tx, toApproval(record, draft)));
      deps.messages.publish(record.id);
    },
    settle: (record, outcome, { chosen = null, auditedAs } = {}) => {
      const { id, turnId, toolName } = record;
      const { state, decision, decidedBy } = outcome;
      const written = deps.database.write((tx) => {
        if (!approvals.settle(id, outcome)) return false;
        const settled = approvals.find(id);
        if (settled) deps.messages.rewrite(tx, toApproval(settled, chosen));
        const detail = `${toolName} ${decision ?? ""} ${record.inputHash}`;
        settings.audit(auditedAs ?? decidedBy, `approval_${state}`, `approval:${id}`, detail);
        return true;
      });
      if (!written) return false;
      deps.messages.publish(id);
      tell(turnId, { type: "approval_resolved", approvalId: id, state, decision, decidedBy });
      log.info({ approvalId: id, turnId, tool: toolName, state }, "approval settled");
      return true;
    },
  };
};

const kindOf = ({ name, input }: ToolPermissionRequest): ApprovalKind => {
  if (name === "ExitPlanMode") return "plan";
  return name === "AskUserQuestion" && readQuestions(input) !== null ? "question" : "tool";
};
