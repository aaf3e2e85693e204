import type { CliEvent } from "@steward/claude/cli-driver";
import type { TurnResult } from "@steward/claude/cli-event";
import { DomainError } from "@steward/contract/errors";
import { translateError } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { ChatRecord } from "../chats/chat-repository.ts";
import type { OutboxWords } from "../deliveries/outbox-writer.ts";
import { detached } from "../events/detached.ts";
import type { OutboxCollector } from "../files/outbox-collector.ts";
import { outcomeOfResult, wordOutcome } from "../turns/turn-outcome.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import type { ExpenseBook } from "../usage/expense-book.ts";
import { onlyCost } from "../usage/only-cost.ts";
import { BackgroundWork } from "./background-work.ts";
import type { CostMeter } from "./cost-meter.ts";
import type { CurrentConversation } from "./current-conversation.ts";
import type { SessionNotices } from "./session-notices.ts";
import type { TurnGate } from "./turn-gate.ts";
import { WorkOrigins } from "./work-origins.ts";

export interface OwnWorkDeps {
  words: Pick<OutboxWords, "volunteer">;
  gate: TurnGate;
  expenses: ExpenseBook;
  outbox: Pick<OutboxCollector, "collect">;
  clock: Clock;
  log: Logger;
}

/** What of its session the work beside the turns has to do with. */
export interface OwnWorkSession {
  chat: ChatRecord;
  conversation: CurrentConversation;
  meter: CostMeter;
  notices: SessionNotices;
  /** It may cost nothing more: its process is to end as soon as no turn runs. */
  end: () => void;
}

/**
 * All that the CLI does beside our turns: commands and sub-agents in the background, the turns it takes of its own, and
 * what it tells of a turn of ours after that was settled. Each of it belongs to the turn it began with; what it costs is
 * booked to the chat, and the caps bind it as they bind a turn.
 */
export class OwnWork {
  readonly #deps: OwnWorkDeps;
  readonly #session: OwnWorkSession;
  readonly #background: BackgroundWork;
  readonly #origins = new WorkOrigins();
  /** The turn that was settled before its result, and how much of its cost is in the books. */
  #late: { turn: TurnRecord; bookedUsd: number } | null = null;
  #isStopped = false;

  constructor(deps: OwnWorkDeps, session: OwnWorkSession) {
    this.#deps = deps;
    this.#session = session;
    this.#background = new BackgroundWork(deps.clock);
  }

  get isRunning(): boolean {
    return this.#background.isRunning;
  }
  /** What the CLI says now is not part of any turn of ours. */
  get inOwnTurn(): boolean {
    return this.#background.inOwnTurn;
  }
  /** For how long its process must not be suspended yet; 0 = it may be. */
  get protectedForMs(): number {
    return this.#background.protectedForMs;
  }

  /** The turn that the tool began with; null = not known. `isAlone`: no turn of ours runs, so it is of the background. */
  turnOf(toolUseId: string, isAlone: boolean): TurnRecord | null {
    return this.#origins.ofTool(toolUseId) ?? (isAlone ? this.#origins.onlyTurn : null);
  }

  /** Whether it tells of work that began with another turn than this one. */
  isBeside(event: CliEvent, turnId: string): boolean {
    for (const id of toolsOf(event)) {
      const turn = this.#origins.ofTool(id);
      if (turn !== null) return turn.id !== turnId;
    }
    return false;
  }

  /** Everything the process says. `turn`: the one of ours that runs. */
  see(event: CliEvent, turn: TurnRecord | null): void {
    if (event.type === "turn_result") {
      if (event.unsolicited) this.#ownTurnEnded(event);
      else if (turn === null) this.#lateResult(event);
    }
    this.#origins.see(event, turn, this.#background.inOwnTurn);
    this.#background.see(event);
    if (event.type === "turn_result") this.#origins.keepTasks(this.#background.taskIds);
    if (event.type === "turn_result" && !this.isRunning) this.#origins.forgetTools();
    const begins = event.type === "own_turn" && event.phase === "started";
    // Nobody sent it, so nobody was asked whether there is money for it.
    if (begins && turn === null) this.assertAffordable(null).catch(() => undefined);
  }

  /**
   * Before a tool that no running turn of ours has begun: rejects when a cap is reached, and ends the process.
   *
   * @param running a turn of ours that runs beside it: that one goes on
   */
  async assertAffordable(running: TurnRecord | null): Promise<void> {
    const { meter, notices } = this.#session;
    const { gate } = this.#deps;
    const { chat } = notices;
    const spentUsd = (await meter.ask()) ?? meter.lastUsd ?? 0;
    const capUsd = gate.caps.perTurnUsd(chat);
    const over =
      capUsd !== null && spentUsd > capUsd
        ? gate.caps.overspent(spentUsd, capUsd)
        : gate.refusal({ chatRef: chat.id, botId: chat.botId, language: chat.language }, spentUsd);
    if (over === null) return;
    if (running === null)
      this.#stop(translateError(chat.language, over.errorCode ?? "budget_exceeded", over.errorParams));
    throw new DomainError(
      "budget_exceeded",
      "There is no money for work in the background; nothing more is run",
    );
  }

  /** A turn of ours is settled while its process still lives: what that has cost by then is asked once more. */
  settledWithoutResult(turn: TurnRecord): void {
    const late = { turn, bookedUsd: this.#session.meter.lastUsd ?? 0 };
    this.#late = late;
    void this.#session.meter.ask().then((usd) => {
      if (usd !== null && this.#late === late) this.#bookLate(onlyCost(usd));
    });
  }

  /** Nothing that the agent does in the background ends in silence, unless a person has just ended it all (`isWanted`). */
  processGone(isWanted: boolean): void {
    const { isRunning, descriptions } = this.#background;
    this.#background.clear();
    this.#origins.clear();
    this.#late = null;
    this.#isStopped = false;
    if (!isRunning || isWanted) return;
    this.#deps.log.warn({ tasks: descriptions.length }, "background work ended with its process");
    const tasks = descriptions.map((text) => `\n• ${text.slice(0, 200)}`).join("");
    this.#session.notices.tell("notice.background_ended", { tasks });
  }

  /** A turn that the CLI has taken of its own is over: its cost is booked, and what it said is kept and sent. */
  #ownTurnEnded(result: TurnResult): void {
    const { chat } = this.#session.notices;
    this.#book(result, "own_turn", this.#origins.ownTurn);
    this.#deps.gate.afterResult(chat, null, result);
    if (!result.ok)
      this.#deps.log.warn({ errorCode: result.errorCode }, "a turn of the CLI's own has failed");
    // Stopped by a person: that is said where they did it.
    if (result.errorCode === "aborted") return;
    const text = wordOutcome(chat.language, outcomeOfResult(result, ""));
    detached(this.#volunteer(text), this.#deps.log, "what the CLI said of its own could not be sent");
  }

  /** The result of a turn that was settled without it. */
  #lateResult({ usage, costUsd }: TurnResult): void {
    this.#bookLate({ ...usage, costUsd });
    this.#late = null;
  }

  #stop(reason: string): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#deps.log.warn({}, "work in the background has cost too much, ending it");
    this.#session.notices.tell("notice.background_over_cap", { reason });
    this.#session.end();
  }

  async #volunteer(text: string): Promise<void> {
    const { notices } = this.#session;
    const collecting = this.#deps.outbox.collect(this.#session.chat);
    const outgoing = collecting === null ? undefined : await collecting;
    this.#deps.words.volunteer(notices.chat, text, notices.isRead, outgoing);
  }

  #bookLate(usage: ReturnType<typeof onlyCost>): void {
    if (this.#late === null) return;
    const { turn, bookedUsd } = this.#late;
    if (usage.costUsd <= bookedUsd) return;
    this.#late.bookedUsd = usage.costUsd;
    this.#book({ usage, costUsd: usage.costUsd - bookedUsd }, "late", turn);
  }

  #book(
    { usage, costUsd }: Pick<TurnResult, "usage" | "costUsd">,
    kind: "own_turn" | "late",
    turn: TurnRecord | null,
  ): void {
    const { chat, conversation } = this.#session;
    const { inputTokens, outputTokens, cacheReadTokens, cacheCreationTokens } = usage;
    this.#deps.expenses.book({
      chatRef: chat.id,
      conversationId: turn?.conversationId ?? conversation.record?.id ?? null,
      turnId: turn?.id ?? null,
      kind,
      model: conversation.model,
      usage: { inputTokens, outputTokens, cacheReadTokens, cacheCreationTokens, costUsd },
    });
  }
}

/** The tools that an event names, the nearest first. */
const toolsOf = (event: CliEvent): string[] => {
  const named = [
    "toolUseId" in event ? event.toolUseId : null,
    "parentToolUseId" in event ? event.parentToolUseId : null,
  ];
  return named.filter((id) => id !== null);
};
