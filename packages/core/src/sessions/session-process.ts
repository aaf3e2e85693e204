import type { CliExit, CliHost, CliSession } from "@steward/claude/cli-driver";
import { DomainError } from "@steward/contract/errors";
import { failpoint } from "@steward/platform/failpoint";
import type { Logger } from "@steward/platform/logger";
import { storageFaultOf } from "@steward/schema/storage-fault";
import type { ChatRecord } from "../chats/chat-repository.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import { outcomeOfFailure, type TurnOutcome } from "../turns/turn-outcome.ts";
import type { CurrentConversation } from "./current-conversation.ts";
import type { MemoryGuard } from "./memory-guard.ts";
import type { OpenedSession, SessionOpener } from "./session-opener.ts";
import type { Slot, SlotPool } from "./slot-pool.ts";

export interface SessionProcessDeps {
  opener: SessionOpener;
  slots: SlotPool;
  spawning: SlotPool;
  memory: MemoryGuard;
  log: Logger;
  storage: StorageWatch;
}

/** Who is told what becomes of the process. */
export interface ProcessOwner {
  /** Asked when a place is free at last: is a process still wanted? */
  wanted(): boolean;
  host(): CliHost;
  /** There is too little memory to start it; it waits. */
  shortOfMemory(freeMb: number): void;
  /** It takes turns from now on. */
  opened(session: OpenedSession): void;
  /** It is gone, or there never was one. `failure`: why it could not be had; null when it was called off or has run. */
  gone(failure: TurnOutcome | null): void;
}

/**
 * A chat's one process and the place it takes. Invariants: at most one process; the slot is held exactly while a process
 * may exist.
 */
export class SessionProcess {
  readonly #deps: SessionProcessDeps;
  readonly #owner: ProcessOwner;
  #cli: CliSession | null = null;
  #exit: CliExit | null = null;
  #slot: Slot | null = null;
  #spawnAbort: AbortController | null = null;
  #queues = false;

  constructor(deps: SessionProcessDeps, owner: ProcessOwner) {
    this.#deps = deps;
    this.#owner = owner;
  }

  get cli(): CliSession | null {
    return this.#cli;
  }
  /** How the last one went. */
  get lastExit(): CliExit | null {
    return this.#exit;
  }

  /** Waits for a place, then starts the process. Never rejects: the owner is told. */
  async start(chat: ChatRecord, conversation: CurrentConversation): Promise<void> {
    const abort = new AbortController();
    this.#spawnAbort = abort;
    let spawnSlot: Slot | null = null;
    try {
      await unlessAborted(this.#deps.opener.prepare(chat), abort.signal);
      this.#queues = true;
      spawnSlot = await this.#admission(abort.signal);
      this.#queues = false;
      if (abort.signal.aborted || !this.#owner.wanted()) return this.#gone(null);
      const opened = await this.#deps.opener.open(
        chat,
        conversation.record,
        this.#owner.host(),
        abort.signal,
      );
      // Before anything else: from here on its end is seen, whatever comes.
      this.#watch(opened.cli);
      // A new conversation may have been started meanwhile; then this process is about to be ended.
      if (!abort.signal.aborted) conversation.use(opened.conversation);
      this.#deps.log.info({ pid: opened.cli.pid, start: opened.start }, "session spawned");
      this.#owner.opened(opened);
    } catch (error) {
      if (this.#cli !== null) return this.#endUnused(this.#cli, error);
      if (abort.signal.aborted) return this.#gone(null);
      this.#deps.log.warn({ err: error }, "session could not be started");
      // Its turn goes on waiting: that nothing can be written now is not its failure.
      if (storageFaultOf(error) !== null) {
        this.#deps.storage.noteFault(error);
        return this.#gone(null);
      }
      this.#gone(outcomeOfFailure(error));
    } finally {
      spawnSlot?.release();
      if (this.#spawnAbort === abort) this.#spawnAbort = null;
    }
  }

  /** What it was to be started for is gone: it no longer stands in line for memory or a place. */
  callOffWaiting(): void {
    if (this.#queues) this.#spawnAbort?.abort(new DomainError("turn_cancelled", "nothing waits any more"));
  }

  /** Ends the process, or calls off its start. */
  terminate(how: "graceful" | "now"): void {
    this.#spawnAbort?.abort(new DomainError("session_reset", "the session ends"));
    void this.#cli?.end(how);
  }

  kill(): void {
    void this.#cli?.end("now");
  }

  /** Memory first: what waits for it holds no place. It may have gone while a place was waited for. */
  async #admission(signal: AbortSignal): Promise<Slot> {
    const { memory, slots, spawning } = this.#deps;
    const untilMs = memory.patience();
    for (;;) {
      await memory.enter(signal, (freeMb) => this.#owner.shortOfMemory(freeMb), untilMs);
      this.#slot = await slots.acquire(signal);
      const spawnSlot = await spawning.acquire(signal);
      let admitted = false;
      try {
        admitted = signal.aborted || (await memory.suffices());
      } finally {
        if (!admitted) spawnSlot.release();
      }
      if (admitted) return spawnSlot;
      this.#slot.release();
      this.#slot = null;
    }
  }

  /** It stands and could not be put to use; its exit tells the owner that it has gone. */
  #endUnused(cli: CliSession, error: unknown): void {
    this.#deps.log.error({ err: error, pid: cli.pid }, "a process that was started could not be used");
    void cli.end("now");
  }

  #watch(cli: CliSession): void {
    this.#cli = cli;
    void cli.exited.then((exit) => {
      const { code, signal, reason } = exit;
      this.#deps.log.info({ pid: cli.pid, code, signal, reason }, "cli exited");
      this.#cli = null;
      this.#exit = exit;
      failpoint("session.exit");
      this.#gone(null);
    });
  }

  #gone(failure: TurnOutcome | null): void {
    this.#queues = false;
    this.#slot?.release();
    this.#slot = null;
    this.#deps.memory.poke();
    this.#owner.gone(failure);
  }
}

/** What was begun goes on; whoever comes next waits for it. */
const unlessAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
