import type { ShownApproval } from "@steward/contract/approvals";
import type { TurnHold } from "@steward/contract/holds";
import {
  applyText,
  type TurnEvent,
  type TurnEventBody,
  turnEventSchema,
} from "@steward/contract/turn-events";
import type { Clock, Timer } from "@steward/platform/clock";
import { failpoint } from "@steward/platform/failpoint";
import type { Logger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { EventHub } from "../events/event-hub.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import type { TurnEventRepository, TurnEventRow } from "./turn-event-repository.ts";
import type { TurnStreamItem } from "./turn-types.ts";

/** Events wait at most this long, or until their text is this large, before they are committed (DESIGN §4). */
const FLUSH_AFTER_MS = 1_000;
const FLUSH_AT_BYTES = 4_096;

/** A tool call as a late reader needs it. */
export interface LiveTool {
  toolUseId: string;
  name: string;
  summary: string;
  finished: boolean;
  isError: boolean;
}

/** What is known of a turn that is not settled, beyond its row. */
export interface LiveTurn {
  text: string;
  tools: LiveTool[];
  /** What waits for a person. */
  approvals: ShownApproval[];
  position: number | null;
  held: boolean;
  hold: TurnHold | undefined;
}

/** `final` is committed with the result, by whoever settles the turn. */
export interface LogEnd {
  rows: TurnEventRow[];
  event: TurnEvent;
}

type Sink = (item: TurnStreamItem | null) => void;

interface OpenLog {
  botId: string;
  deliver: boolean;
  nextN: number;
  /** Live, not yet committed, in order. */
  pending: TurnEvent[];
  pendingBytes: number;
  flushTimer: Timer | null;
  live: LiveTurn;
  sinks: Set<Sink>;
}

export interface TurnEventLog {
  /** Makes a turn's log live; `fresh` when it cannot have events yet. Further calls change nothing. */
  open(turn: { id: string; botId: string; deliver: boolean }, fresh: boolean): void;
  append(turnId: string, body: TurnEventBody): void;
  live(turnId: string): LiveTurn | null;
  /** The rows that end the log, to be committed in the result's transaction; then call `finish`. */
  prepareFinal(turnId: string, body: TurnEventBody & { type: "final" }): LogEnd;
  finish(turnId: string, final: LogEnd): void;
  subscribe(turnId: string, afterN: number | null, sink: Sink): () => void;
  /** The text as the committed log tells it: what is left of a turn after a crash. */
  committedText(turnId: string): string;
}

/** Events go to readers from memory at once and to the database in coalesced chunks; a chunk's number is its SSE id. */
export const createTurnEventLog = (deps: {
  database: OpenDatabase;
  chunks: TurnEventRepository;
  storage: Pick<StorageWatch, "isDown" | "noteFault" | "onRecovered">;
  hub: EventHub;
  clock: Clock;
  log: Logger;
  formatId: (turnId: string, n: number) => string;
}): TurnEventLog => {
  const { chunks, storage, clock, hub } = deps;
  const logs = new Map<string, OpenLog>();

  const make = (turnId: string, body: TurnEventBody): TurnEvent =>
    ({ v: 1, turnId, at: clock.now(), ...body }) as TurnEvent;

  /** A reader that fails harms no other, and never the turn. */
  const tell = (turnId: string, sink: Sink, item: TurnStreamItem | null): void => {
    try {
      sink(item);
    } catch (error) {
      deps.log.error({ err: error, turnId }, "a reader of the turn failed");
    }
  };

  const publish = (turnId: string, open: OpenLog, item: TurnStreamItem): void => {
    for (const sink of [...open.sinks]) tell(turnId, sink, item);
    if (item.event) {
      hub.publish("turn_event", { botId: open.botId, turnId, deliver: open.deliver, event: item.event });
    }
  };

  const rowsOf = (open: OpenLog, events: readonly TurnEvent[]): TurnEventRow[] =>
    events.map((event, index) => ({ n: open.nextN + index, at: event.at, body: JSON.stringify(event) }));

  /** Committed before anything is forgotten: a failed write loses neither the events nor their places. */
  const flush = (turnId: string, open: OpenLog): void => {
    const rows = rowsOf(open, open.pending);
    const last = rows.at(-1);
    if (!last) return;
    deps.database.writeUnsynced((tx) => {
      chunks.insert(tx, turnId, rows);
      failpoint("turn.checkpoint_before_commit");
    });
    failpoint("turn.checkpoint_after_commit");
    open.nextN = last.n + 1;
    open.pending = [];
    open.pendingBytes = 0;
    publish(turnId, open, { id: deps.formatId(turnId, last.n), event: null });
  };

  /** The two as one, when the event continues what waits. */
  const merge = (pending: TurnEvent | undefined, event: TurnEvent): TurnEvent | null => {
    if (pending?.type === "text" && event.type === "text" && event.offset >= pending.offset) {
      const within = event.offset - pending.offset;
      if (within <= pending.text.length) {
        return { ...pending, text: applyText(pending.text, { offset: within, text: event.text }) };
      }
    }
    if (pending?.type === "thinking" && event.type === "thinking") {
      return { ...pending, text: pending.text + event.text };
    }
    return null;
  };

  const keep = (turnId: string, open: OpenLog, event: TurnEvent): void => {
    const merged = merge(open.pending.at(-1), event);
    if (merged) open.pending[open.pending.length - 1] = merged;
    else open.pending.push(event);
    open.pendingBytes += "text" in event ? Buffer.byteLength(event.text) : 0;
    publish(turnId, open, { id: null, event });
    if (open.pending.length === 0 || storage.isDown) return;
    if (open.pendingBytes >= FLUSH_AT_BYTES) flushOrKeep(turnId, open);
    else flushLater(turnId, open);
  };

  const flushLater = (turnId: string, open: OpenLog): void => {
    open.flushTimer ??= clock.setTimer(FLUSH_AFTER_MS, () => flushOrKeep(turnId, open));
  };

  /**
   * What could not be checkpointed stays in memory and is committed with the result. While the database takes no writes
   * none is tried: each try would block the service for as long as the database is busy.
   */
  const flushOrKeep = (turnId: string, open: OpenLog): void => {
    open.flushTimer?.cancel();
    open.flushTimer = null;
    if (storage.isDown) return;
    try {
      flush(turnId, open);
    } catch (error) {
      deps.log.warn({ err: error, turnId }, "turn checkpoint failed");
      noteFault(turnId, open, error);
    }
  };

  const noteFault = (turnId: string, open: OpenLog, error: unknown): void => {
    try {
      storage.noteFault(error);
    } catch {
      // No fault of the storage, and told of already: the next chunk may go through.
      flushLater(turnId, open);
    }
  };
  storage.onRecovered(() => {
    for (const [turnId, open] of logs) flushOrKeep(turnId, open);
  });

  const remember = (live: LiveTurn, event: TurnEvent): void => {
    if (event.type === "text") live.text = applyText(live.text, event);
    else if (event.type === "tool_started") {
      const { toolUseId, name, summary } = event;
      live.tools.push({ toolUseId, name, summary, finished: false, isError: false });
    } else if (event.type === "tool_finished") {
      const tool = live.tools.find((candidate) => candidate.toolUseId === event.toolUseId);
      if (tool) Object.assign(tool, { finished: true, isError: event.isError });
    } else if (event.type === "approval_requested") {
      const { v: _v, turnId: _turnId, at: _at, type: _type, ...shown } = event;
      live.approvals.push(shown);
    } else if (event.type === "approval_resolved") {
      live.approvals = live.approvals.filter(({ approvalId }) => approvalId !== event.approvalId);
    } else if (event.type === "queued") {
      live.position = event.position;
      live.held = event.held;
      live.hold = event.hold;
    } else if (event.type === "started") {
      live.position = null;
      live.held = false;
      live.hold = undefined;
      live.tools = [];
      live.approvals = [];
    }
  };

  return {
    open: ({ id, botId, deliver }, fresh) => {
      if (logs.has(id)) return;
      logs.set(id, {
        botId,
        deliver,
        nextN: fresh ? 1 : chunks.lastNumber(id) + 1,
        pending: [],
        pendingBytes: 0,
        flushTimer: null,
        live: { text: "", tools: [], approvals: [], position: null, held: false, hold: undefined },
        sinks: new Set(),
      });
    },
    append: (turnId, body) => {
      const open = logs.get(turnId);
      if (!open) return;
      const event = make(turnId, body);
      remember(open.live, event);
      // A place in the queue is true only now: it is told, not kept.
      if (event.type === "queued") publish(turnId, open, { id: null, event });
      else keep(turnId, open, event);
    },
    live: (turnId) => logs.get(turnId)?.live ?? null,
    prepareFinal: (turnId, body) => {
      const event = make(turnId, body);
      const open = logs.get(turnId);
      if (!open) {
        const n = chunks.lastNumber(turnId) + 1;
        return { event, rows: [{ n, at: event.at, body: JSON.stringify(event) }] };
      }
      return { event, rows: rowsOf(open, [...open.pending, event]) };
    },
    finish: (turnId, final) => {
      const open = logs.get(turnId);
      if (open) {
        open.flushTimer?.cancel();
        logs.delete(turnId);
        const n = final.rows.at(-1)?.n ?? open.nextN;
        publish(turnId, open, { id: deps.formatId(turnId, n), event: final.event });
        for (const sink of [...open.sinks]) tell(turnId, sink, null);
        open.sinks.clear();
      }
      hub.publish("turn_settled", { turnId });
    },
    subscribe: (turnId, afterN, sink) => {
      const last = chunks.lastNumber(turnId);
      const from = afterN !== null && afterN <= last ? afterN : 0;
      for (const row of chunks.after(turnId, from)) {
        sink({ id: deps.formatId(turnId, row.n), event: parse(row.body) });
      }
      const open = logs.get(turnId);
      if (!open) {
        sink(null);
        return () => undefined;
      }
      if (open.live.position !== null) {
        sink({
          id: null,
          event: make(turnId, queuedEvent(open.live.position, open.live)),
        });
      }
      for (const event of open.pending) sink({ id: null, event });
      open.sinks.add(sink);
      return () => open.sinks.delete(sink);
    },
    committedText: (turnId) => {
      let text = "";
      for (const row of chunks.after(turnId, 0)) {
        const event = parse(row.body);
        if (event?.type === "text") text = applyText(text, event);
      }
      return text;
    },
  };
};

const queuedEvent = (position: number, { held, hold }: LiveTurn): TurnEventBody => ({
  type: "queued",
  position,
  held,
  ...(hold === undefined ? {} : { hold }),
});

/** A row of an older or newer program may hold a type this one does not know: it is passed over. */
const parse = (body: string): TurnEvent | null => {
  const parsed = turnEventSchema.safeParse(JSON.parse(body));
  return parsed.success ? parsed.data : null;
};
