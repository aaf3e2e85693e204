import type { ToolPermissionDecision, ToolPermissionRequest } from "@steward/claude/cli-driver";
import type { Approval } from "@steward/contract/approvals";
import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { TurnSource } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { may } from "../access/abilities.ts";
import type { AccessService } from "../access/access-service.ts";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { DeliveryRepository } from "../deliveries/delivery-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import type { TurnEventLog } from "../turns/turn-event-log.ts";
import { isSettled, type TurnRecord } from "../turns/turn-record.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
import { type AnswerChoice, chosenAnswers, EMPTY_DRAFT, withChoice } from "./answer-draft.ts";
import { type ApprovalAnswer, answerFor } from "./answer-for.ts";
import { readAnswer } from "./answer-in-words.ts";
import { createApprovalLedger } from "./approval-ledger.ts";
import { createApprovalMessages } from "./approval-messages.ts";
import type {
  ApprovalFilter,
  ApprovalOutcome,
  ApprovalRecord,
  ApprovalRepository,
} from "./approval-repository.ts";
import { type AnswerDraft, toApproval } from "./approval-view.ts";
import { assertOpen } from "./assert-open.ts";
import { sessionRule, showRule } from "./session-rule.ts";
import { deniedByTime, deniedUnattended, WITHDRAWN } from "./words-for-the-agent.ts";

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
  /**
   * Chooses of a question; the last one's choice answers the approval. A repeat changes nothing. Throws as `decide` does, and
   * conflict for a question that is not the one asked now.
   */
  choose(id: string, choice: AnswerChoice): Approval;
  /**
   * The pending approval whose message in this chat was replied to, if this person may answer it; null: the reply is a message
   * like any other.
   */
  repliedTo(address: ChatAddress, messageId: number, userId: string): string | null;
  /** Takes a reply for the answer that it is; see `readAnswer`. Throws as `decide` does. */
  answerInWords(id: string, words: string, userId: string): Approval;
  /** What an earlier boot left unanswered has expired with it. Answers how many. */
  expireLeftOver(): number;
}

/** Doors without a person behind them who could be asked. */
/** How long a question waits at least for somebody who is away. */
const AWAY_TIMEOUT_MS = 86_400_000;
const UNATTENDED: readonly TurnSource[] = ["gateway", "cron", "mcp"];
const HOLDER = "owner";
const STEWARD = "steward";

const EXPIRED = { state: "expired", decision: null, message: null, decidedBy: STEWARD } as const;

interface Waiter {
  record: ApprovalRecord;
  timeoutMs: number;
  timer: Timer;
  settle: (decision: ToolPermissionDecision) => void;
  /** Of a question. */
  draft: AnswerDraft | null;
}

export const createApprovalService = (deps: {
  database: OpenDatabase;
  approvals: ApprovalRepository;
  chats: ChatRepository;
  policies: Pick<PolicyService, "get">;
  settings: Pick<SettingsRepository, "audit">;
  deliveries: DeliveryRepository;
  access: Pick<AccessService, "list" | "roleOf" | "chat">;
  turns: Pick<TurnRepository, "find">;
  hub: EventHub;
  events: Pick<TurnEventLog, "append" | "open">;
  clock: Clock;
  ids: Ids;
  log: Logger;
  /** What is withdrawn while the service stops has expired: it cannot be answered after the next start. */
  stopping: () => boolean;
}): ApprovalService => {
  const { approvals, policies, settings, clock, log } = deps;
  const messages = createApprovalMessages(deps);
  const ledger = createApprovalLedger({ ...deps, messages });
  const waiters = new Map<string, Waiter>();

  const require = (id: string): ApprovalRecord => {
    const record = approvals.find(id);
    if (!record) throw new DomainError("not_found", "There is no such approval");
    return record;
  };

  const show = (record: ApprovalRecord): Approval =>
    toApproval(record, waiters.get(record.id)?.draft ?? null);

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

  const expire = ({ record, timeoutMs }: Waiter): void =>
    giveUp(record.id, "expired", deniedByTime(timeoutMs));

  const denyUnattended = (turn: TurnRecord, request: ToolPermissionRequest): ToolPermissionDecision => {
    const record = ledger.open(turn, request, 0);
    const rule = sessionRule(request.suggestions);
    const message = deniedUnattended(turn, rule === null ? request.name : showRule(rule));
    const decidedBy = "policy:unattended";
    ledger.settle(record, { state: "denied", decision: "deny", message: null, decidedBy, at: clock.now() });
    return { behavior: "deny", message };
  };

  const mayAnswer = ({ botId, chatRef, userId: asker }: ApprovalRecord, userId: string): boolean => {
    const role = deps.access.roleOf(botId, userId);
    if (userId !== asker) return may(role, "answerForOthers");
    // Whom a group lets write without being paired answers nothing there.
    return may(role, "answerOwn") || deps.access.chat(botId, deps.chats.byRef(chatRef).chatId) === null;
  };

  const assertMayAnswer = (record: ApprovalRecord, answer: Pick<ApprovalAnswer, "userId">): void => {
    const { userId } = answer;
    if (userId === undefined || mayAnswer(record, userId)) return;
    settings.audit(`user:${userId}`, "approval_refused", `approval:${record.id}`, "another person's turn");
    throw new DomainError(
      "forbidden",
      "Only the person whose message asked for this, or the bot's owner or an admin, can answer it",
    );
  };

  const decide = (id: string, answer: ApprovalAnswer, draft: AnswerDraft | null = null): Approval => {
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
    const holder = answer.userId === undefined ? answer.holder : undefined;
    if (!ledger.settle(record, outcome, { chosen: draft, auditedAs: holder })) assertOpen(require(id));
    release(id, told);
    return toApproval(require(id), draft);
  };

  const choose = (id: string, choice: AnswerChoice): Approval => {
    const record = require(id);
    assertMayAnswer(record, choice);
    const waiter = waiters.get(id);
    const questions = waiter?.draft ? (show(record).questions ?? []) : null;
    if (!waiter?.draft || questions === null) {
      assertOpen(record);
      throw new DomainError("validation_failed", "This is no question: allow it, or deny it");
    }
    const draft = withChoice(waiter.draft, questions, choice);
    if (draft === waiter.draft) return show(record);
    if (draft.question >= questions.length) {
      const { userId, holder } = choice;
      const answers = chosenAnswers(draft, questions);
      return decide(id, { decision: "once", inputHash: record.inputHash, answers, userId, holder }, draft);
    }
    waiter.draft = draft;
    ledger.showDraft(record, draft);
    return show(record);
  };

  return {
    ask: async (turn, request, signal) => {
      const subject = { id: turn.chatRef, botId: turn.botId };
      if (UNATTENDED.includes(turn.source) && policies.get("unattended", subject) === "deny") {
        return denyUnattended(turn, request);
      }
      const usualMs = policies.get("approvalTimeoutMs", subject);
      const isAway = policies.get("awaySince", subject) !== null;
      const timeoutMs = isAway ? Math.max(usualMs, AWAY_TIMEOUT_MS) : usualMs;
      const record = ledger.open(turn, request, timeoutMs);
      return new Promise((resolve) => {
        const withdraw = () => giveUp(record.id, deps.stopping() ? "expired" : "withdrawn", WITHDRAWN);
        const waiter: Waiter = {
          record,
          timeoutMs,
          draft: record.kind === "question" ? EMPTY_DRAFT : null,
          timer: clock.setTimer(timeoutMs, () => expire(waiter)),
          settle: (decision) => {
            signal.removeEventListener("abort", withdraw);
            resolve(decision);
          },
        };
        waiters.set(record.id, waiter);
        ledger.announce(record);
        if (signal.aborted) withdraw();
        else signal.addEventListener("abort", withdraw, { once: true });
      });
    },
    list: (filter) => approvals.list(filter).map(show),
    get: (id) => {
      const record = require(id);
      return { ...show(record), input: JSON.parse(record.input) as unknown };
    },
    choose,
    decide: (id, answer) => decide(id, answer),
    repliedTo: (address, messageId, userId) => {
      const chat = deps.chats.find(address);
      for (const { record } of waiters.values()) {
        if (record.chatRef !== chat?.id || !mayAnswer(record, userId)) continue;
        if (deps.deliveries.ofApproval(record.id)?.placeholderIds.includes(messageId)) return record.id;
      }
      return null;
    },
    answerInWords: (id, words, userId) => {
      const record = require(id);
      const shown = show(record);
      const meant = readAnswer(shown, words);
      return meant.kind === "decide"
        ? decide(id, { ...meant.answer, inputHash: record.inputHash, userId })
        : choose(id, { question: shown.draft?.question ?? 0, choice: meant.choice, userId });
    },
    expireLeftOver: () => {
      const left = approvals.allPending();
      for (const record of left) {
        // Its turn is taken up only later; whoever reads its log must learn all the same that nobody is asked any more.
        const turn = deps.turns.find(record.turnId);
        if (turn && !isSettled(turn.state)) deps.events.open(turn, false);
        ledger.settle(record, { ...EXPIRED, at: clock.now() });
      }
      return left.length;
    },
  };
};
