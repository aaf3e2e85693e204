import type { Delivery } from "@steward/contract/deliveries";
import { translate } from "@steward/contract/messages";
import { readPlanMarker } from "@steward/contract/plan-marker";
import type { Clock } from "@steward/platform/clock";
import { failpoint } from "@steward/platform/failpoint";
import type { Logger } from "@steward/platform/logger";
import type { TurnState } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { ChatHistoryRepository } from "../chat/chat-history-repository.ts";
import { addressOf, type ChatRepository } from "../chats/chat-repository.ts";
import { titleOf } from "../chats/conversation-title.ts";
import type { OutboxWriter } from "../deliveries/outbox-writer.ts";
import { toSummary } from "../files/file-repository.ts";
import { EMPTY_OUTGOING, type Outgoing } from "../files/outgoing.ts";
import type { WriteOutgoing } from "../files/outgoing-writer.ts";
import type { PlanRepository } from "../plans/plan-repository.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import { type TurnSpending, totalUsage } from "../usage/turn-spending.ts";
import { sourceInHistory } from "./source-in-history.ts";
import type { TurnEventLog } from "./turn-event-log.ts";
import type { TurnEventRepository } from "./turn-event-repository.ts";
import { type TurnOutcome, wordOutcome } from "./turn-outcome.ts";
import type { TurnRecord } from "./turn-record.ts";
import type { TurnRepository } from "./turn-repository.ts";

/** From which states an outcome may be written, and for a running turn by whom. */
export interface OutcomeGuard {
  from: readonly TurnState[];
  fence?: number;
}

export interface OutcomeWriter {
  /**
   * Result, history, outbox, what it sends back and log in one transaction, once. False = it was settled before, and
   * nothing was written. While the database takes no writes the outcome is owed; one that cannot be written at all is
   * replaced by a failure that keeps its text.
   */
  write(
    record: TurnRecord,
    guard: OutcomeGuard,
    outcome: TurnOutcome,
    spending: TurnSpending,
    outgoing?: Readonly<Outgoing>,
  ): boolean;
  /** The turn has an outcome that is not written yet. */
  isOwed(turnId: string): boolean;
}

const ACTIONS: Record<TurnOutcome["state"], Delivery["actions"]> = {
  done: [],
  failed: ["retry"],
  interrupted: ["retry", "continue"],
  cancelled: [],
};

export const createOutcomeWriter = (deps: {
  database: OpenDatabase;
  turns: TurnRepository;
  chunks: Pick<TurnEventRepository, "insert">;
  chats: ChatRepository;
  history: ChatHistoryRepository;
  outbox: OutboxWriter;
  plans: Pick<PlanRepository, "open">;
  writeOutgoing: WriteOutgoing;
  events: TurnEventLog;
  storage: StorageWatch;
  clock: Clock;
  log: Logger;
}): OutcomeWriter => {
  const { turns, chats, events, outbox, storage, log } = deps;
  const owed = new Set<string>();

  const writeNow = (
    record: TurnRecord,
    guard: OutcomeGuard,
    outcome: TurnOutcome,
    spending: TurnSpending,
    outgoing: Readonly<Outgoing>,
  ): boolean => {
    const now = deps.clock.now();
    const { isPlan, text, actions } = sayingOf(record, outcome);
    const chat = chats.byRef(record.chatRef);
    const usage = totalUsage(record, spending);
    const final = events.prepareFinal(record.id, {
      type: "final",
      state: outcome.state,
      text,
      errorCode: outcome.errorCode,
      ...(outgoing.files.length > 0 && {
        files: outgoing.files.map((file) => toSummary({ ...file, direction: "out" })),
      }),
      usage,
    });
    const written = deps.database.write((tx): string[] | null => {
      const settled = turns.settle(tx, record.id, guard, {
        state: stateAfter(record, outcome),
        resultText: text,
        errorCode: outcome.errorCode,
        errorDetail: outcome.errorDetail,
        model: record.model,
        tokens: "usage" in spending ? spending.usage : null,
        costUsd: usage?.costUsd ?? null,
        now,
      });
      if (!settled) return null;
      const failed = outcome.state === "failed" || outcome.state === "interrupted";
      deps.history.say({
        address: addressOf(chat),
        role: "assistant",
        content: text,
        source: failed ? "error" : sourceInHistory(record.source),
        userId: null,
        username: null,
        turnId: record.id,
        at: now,
      });
      if (record.conversationId) {
        chats.recordTurn(tx, record.conversationId, {
          title: titleOf(record.prompt),
          costMicroUsd: Math.round((usage?.costUsd ?? 0) * 1_000_000),
          now,
        });
      }
      deps.chunks.insert(tx, record.id, final.rows);
      if (isPlan) deps.plans.open(tx, { turnId: record.id, chatRef: record.chatRef, now });
      // Read inside the transaction: a front end may have told it a moment ago, or the chat has moved.
      const { placeholderMessageId: placeholderId = null, replyToMessageId = null } =
        turns.find(record.id) ?? {};
      const said = record.deliver
        ? [
            outbox.say(
              tx,
              chat,
              {
                turnId: record.id,
                kind: kindOf(outcome),
                text,
                actions,
                replyToMessageId,
                placeholderId,
              },
              now,
            ),
          ]
        : [];
      const of = { turnId: record.id, deliver: record.deliver, replyToMessageId, now };
      const beside = deps.writeOutgoing(tx, chat, outgoing, of);
      failpoint("result.before_commit");
      return [...said, ...beside];
    });
    if (written === null) return false;
    failpoint("result.after_commit");
    const { state, errorCode } = outcome;
    log.info({ turnId: record.id, botId: record.botId, state, errorCode }, "turn settled");
    events.finish(record.id, final);
    failpoint("result.before_publish");
    outbox.publish(written);
    return true;
  };

  const writeOrOwe = (
    turnId: string,
    write: () => boolean,
    onGivenUp?: (error: unknown) => void,
  ): boolean => {
    let written = true;
    const landed = storage.writeOrOwe(
      `outcome of turn ${turnId}`,
      () => {
        written = write();
        owed.delete(turnId);
      },
      (error) => {
        owed.delete(turnId);
        onGivenUp?.(error);
      },
    );
    if (!landed) owed.add(turnId);
    return written;
  };

  return {
    write: (record, guard, outcome, spending, outgoing = EMPTY_OUTGOING) => {
      if (owed.has(record.id)) return false;
      const write = () => writeNow(record, guard, outcome, spending, outgoing);
      // Once: a turn whose end cannot be written even so is found by the recovery.
      const writePlainly = (error: unknown): boolean => {
        log.error({ err: error, turnId: record.id }, "an outcome could not be written as it was");
        const plain = unwritable(outcome, error);
        return writeOrOwe(record.id, () => writeNow(record, guard, plain, spending, EMPTY_OUTGOING));
      };
      try {
        return writeOrOwe(record.id, write, writePlainly);
      } catch (error) {
        return writePlainly(error);
      }
    },
    isOwed: (turnId) => owed.has(turnId),
  };
};

/**
 * What the chat is told. An answer with the mark of a plan is shown without it, and asks; clients of the gateway read the
 * mark themselves.
 */
const sayingOf = (
  { deliver, language }: TurnRecord,
  outcome: TurnOutcome,
): { text: string; isPlan: boolean; actions: Delivery["actions"] } => {
  const plan = deliver && outcome.state === "done" ? readPlanMarker(outcome.text) : null;
  const text = wordOutcome(language, plan === null ? outcome : { ...outcome, text: plan.text });
  if (!plan?.isPlan) return { text, isPlan: false, actions: ACTIONS[outcome.state] };
  const asked = `${text}\n\n${translate(language, "plan.how")}`;
  return { text: asked, isPlan: true, actions: ["confirm_plan", "revise_plan"] };
};

/** No turn goes on running because its end cannot be told as it was. */
const unwritable = ({ text }: TurnOutcome, error: unknown): TurnOutcome => ({
  state: "failed",
  text,
  errorCode: "internal_error",
  errorDetail: String(error).slice(0, 500),
});

/** An answer that still has to go out is saved first; everything else ends here. */
const stateAfter = (record: TurnRecord, { state }: TurnOutcome): TurnState =>
  state === "done" && record.deliver ? "result_saved" : state;

const kindOf = ({ state }: TurnOutcome): Delivery["kind"] => {
  if (state === "done") return "answer";
  return state === "cancelled" ? "notice" : "failure";
};
