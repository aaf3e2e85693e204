import type { ChatRecord, ConversationRecord } from "../chats/chat-repository.ts";
import { NO_FINDINGS, type Recalled, type RecallFindings, type TurnRecall } from "../recall/turn-recall.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import type { WaitingTurns } from "./waiting-turns.ts";

export interface HeadRecallDeps {
  recall: TurnRecall;
  journal: TurnJournal;
}

/**
 * How long a turn may wait for what it is to be reminded of: of a process that is warm this is a part of the 15 ms that the
 * house may add (DESIGN §12); one that has to be started takes longer than that itself.
 */
const WARM_BUDGET_MS = 12;
const COLD_BUDGET_MS = 250;

/** Looks up what the turn at the head of a chat is to be reminded of, in the moment in which it is about to go out. */
export class HeadRecall {
  readonly #deps: HeadRecallDeps;
  readonly #session: { chat: ChatRecord; waiting: Pick<WaitingTurns, "first">; found: () => void };
  #pending: string | null = null;
  #found: { turnId: string; findings: RecallFindings } | null = null;

  constructor(
    deps: HeadRecallDeps,
    session: { chat: ChatRecord; waiting: Pick<WaitingTurns, "first">; found: () => void },
  ) {
    this.#deps = deps;
    this.#session = session;
  }

  /** It is being looked up for the turn at the head. */
  get isPending(): boolean {
    return this.#pending !== null && this.#pending === this.#session.waiting.first;
  }

  /** True when nothing has to be waited for; else the session is told when that is so. */
  isReady(isWarm: boolean): boolean {
    const { first } = this.#session.waiting;
    if (first === null || this.#found?.turnId === first) return true;
    if (this.#pending === first) return false;
    const turn = this.#deps.journal.next(first);
    const budgetMs = isWarm ? WARM_BUDGET_MS : COLD_BUDGET_MS;
    const looking = turn && this.#deps.recall.lookUp(turn, this.#session.chat, budgetMs);
    if (looking === null) return true;
    this.#pending = first;
    void looking.then((findings) => {
      if (this.#pending !== first) return;
      this.#pending = null;
      this.#found = { turnId: first, findings };
      this.#session.found();
    });
    return false;
  }

  /** What goes out with the turn. A later attempt looks anew. */
  take(turn: TurnRecord, conversation: ConversationRecord): Recalled | null {
    const findings = this.#found?.turnId === turn.id ? this.#found.findings : NO_FINDINGS;
    this.#found = null;
    this.#pending = null;
    return this.#deps.recall.compose(findings, turn, this.#session.chat, conversation);
  }
}
