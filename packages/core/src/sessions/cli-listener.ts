import type { CliEvent } from "@steward/claude/cli-driver";
import type { TurnResult } from "@steward/claude/cli-event";
import type { Logger } from "@steward/platform/logger";
import type { ChatRecord } from "../chats/chat-repository.ts";
import type { OutboxWords } from "../deliveries/outbox-writer.ts";
import { detached } from "../events/detached.ts";
import type { OutboxCollector } from "../files/outbox-collector.ts";
import type { ActiveTurn } from "./active-turn.ts";
import type { CostMeter } from "./cost-meter.ts";
import type { CurrentConversation } from "./current-conversation.ts";
import type { OwnWork } from "./own-work.ts";
import type { SessionNotices } from "./session-notices.ts";
import type { SessionProcess } from "./session-process.ts";
import type { TurnGate } from "./turn-gate.ts";

export interface CliListenerDeps {
  chat: ChatRecord;
  active: ActiveTurn;
  own: OwnWork;
  meter: CostMeter;
  conversation: CurrentConversation;
  notices: SessionNotices;
  process: Pick<SessionProcess, "cli">;
  gate: TurnGate;
  words: Pick<OutboxWords, "sendFiles">;
  outbox: Pick<OutboxCollector, "collect">;
  /** Told when the CLI has put a summary in the place of what came before. */
  recalls: { compacted: (turnId: string) => void };
  log: Logger;
  /** A turn that the CLI has taken of its own is over: the chat has been active, and a turn of ours may begin. */
  ownTurnEnded: () => void;
  /** Its turn has ended, and the process is not to be trusted with another. */
  stuck: () => void;
}

/** Hands what a chat's process says to those whom it concerns. */
export class CliListener {
  readonly #deps: CliListenerDeps;

  constructor(deps: CliListenerDeps) {
    this.#deps = deps;
  }

  hear(event: CliEvent): void {
    const { active, own, meter, conversation, gate, notices, process } = this.#deps;
    // A result before it stands says why it cannot start (its conversation is gone): the start itself fails of that.
    if (event.type === "turn_result" && process.cli === null) return;
    const { run } = active;
    if (event.type === "turn_started" && run) {
      conversation.noteTranscript(true);
      conversation.noteModel(event.model);
    }
    if (event.type === "model_fallback" && event.toModel !== null) conversation.noteModel(event.toModel);
    if (event.type === "rate_limit") gate.limitTold(notices.chat, event, notices.isRead);
    const compacted =
      event.type === "compacting" && event.phase === "done" ? (run?.turnId ?? active.lastTurn?.id) : null;
    if (compacted) this.#deps.recalls.compacted(compacted);
    meter.see(event);
    own.see(event, run?.turn.record ?? null);
    if (event.type !== "turn_result") {
      if (!run || !own.isBeside(event, run.turnId)) active.handle(event, own.inOwnTurn);
    } else if (event.unsolicited) this.#deps.ownTurnEnded();
    else detached(this.#endTurn(event), this.#deps.log, "a turn's end failed");
  }

  async #endTurn(result: TurnResult): Promise<void> {
    const { active, process, words, notices, outbox, chat, log } = this.#deps;
    const turnId = active.run?.turnId ?? null;
    try {
      const late = await active.end(result, process.cli, () => outbox.collect(chat));
      const of = { turnId, toOutbox: notices.isRead };
      if (late) words.sendFiles(notices.chat, late, of);
    } catch (error) {
      // It has its result; what could not be tidied up goes with its process.
      log.error({ err: error, turnId }, "a turn could not be tidied up");
      this.#deps.stuck();
    }
  }
}
