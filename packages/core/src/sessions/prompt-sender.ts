import type { CliSession } from "@steward/claude/cli-driver";
import type { Logger } from "@steward/platform/logger";
import type { ChatRecord, ConversationRecord } from "../chats/chat-repository.ts";
import { ModelSwitch } from "../models/model-switch.ts";
import type { WorkingDirectories } from "../projects/working-directories.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import { outcomeOfFailure } from "../turns/turn-outcome.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import type { ActiveTurn } from "./active-turn.ts";
import type { CurrentConversation } from "./current-conversation.ts";
import type { HeadRecall } from "./head-recall.ts";
import type { OpenedSession } from "./session-opener.ts";
import type { TurnGate } from "./turn-gate.ts";
import type { WaitingTurns } from "./waiting-turns.ts";

export interface PromptSenderDeps {
  journal: TurnJournal;
  gate: TurnGate;
  directories: Pick<WorkingDirectories, "isSound">;
  /** Which model this turn is to be answered by; null = the account's default. */
  modelFor: (chat: ChatRecord, turn: TurnRecord) => string | null;
  log: Logger;
}

const GUARDS_LOST =
  "guarded files were removed or replaced: the session starts anew, with guards for what is there now";

/** Gives the turn at the head of a chat to its process. */
export class PromptSender {
  readonly #deps: PromptSenderDeps;
  readonly #session: {
    chat: ChatRecord;
    waiting: WaitingTurns;
    active: ActiveTurn;
    conversation: CurrentConversation;
    recall: Pick<HeadRecall, "take">;
  };
  #start: OpenedSession["start"] | "warm" = "fresh";
  #model = new ModelSwitch({});

  constructor(
    deps: PromptSenderDeps,
    session: {
      chat: ChatRecord;
      waiting: WaitingTurns;
      active: ActiveTurn;
      conversation: CurrentConversation;
      recall: Pick<HeadRecall, "take">;
    },
  ) {
    this.#deps = deps;
    this.#session = session;
  }

  /** What the process falls back to when its model is overloaded. */
  get fallbackModel(): string | null {
    return this.#model.fallbackModel;
  }

  /** A process has come, and nothing was sent to it. */
  opened({ start, choices }: OpenedSession): void {
    this.#start = start;
    this.#model = new ModelSwitch(choices);
  }

  /**
   * `nothing`: it was withdrawn or refused, and the process is as free as before. `stuck`: the process is not to be
   * trusted with it, nor with anything after it.
   */
  send(cli: CliSession | null): "sent" | "nothing" | "stuck" {
    const { waiting, active, conversation, chat, recall } = this.#session;
    const turnId = waiting.take();
    const { record: place } = conversation;
    const record = turnId ? this.#deps.journal.next(turnId) : null;
    // Withdrawn in the same moment: nothing was sent, so nothing is to be waited for.
    if (!record || !place || !cli) return "nothing";
    // Its process would work on in a directory that is no more; the next one finds out what is to be said.
    if (this.#start === "warm" && !this.#isSound(cli, place)) {
      waiting.putBack(record.id);
      return "stuck";
    }
    const refusal = this.#deps.gate.refusal(record);
    if (refusal) {
      this.#deps.journal.settleWaiting(record.id, refusal);
      return "nothing";
    }
    const start = this.#start;
    this.#start = "warm";
    this.#model.use(this.#deps.modelFor(chat, record), cli, (outcome) => active.fail(record.id, outcome));
    try {
      const recalled = recall.take(record, place);
      if (active.send(record, { cli, conversationId: place.id, cwd: place.cwd, start, recalled }))
        return "sent";
      // Not written down that it runs: it waits until it can be, and this process must not go on with it.
      waiting.putBack(record.id);
    } catch (error) {
      // It may have reached the CLI: that process is not to go on with it.
      this.#deps.log.error({ err: error, turnId: record.id }, "the turn could not be started");
      if (!active.run) waiting.putBack(record.id);
      active.failure = outcomeOfFailure(error);
    }
    return "stuck";
  }

  #isSound(cli: CliSession, place: ConversationRecord): boolean {
    const changed = cli.changedGuards();
    if (changed.length > 0) this.#deps.log.warn({ changed }, GUARDS_LOST);
    return changed.length === 0 && this.#deps.directories.isSound(place);
  }
}
