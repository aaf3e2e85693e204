import type { LiveEvent } from "@steward/contract/live";
import { applyTurnEvent, type LiveTurn, openTurn } from "./turn-state.ts";

/** Whether what the page shows is what there is. `offline`: it was, until `since`. */
export type Connection = { state: "connecting" } | { state: "live" } | { state: "offline"; since: number };

/** What the live stream has told, for components to look at. */
export interface LiveStore {
  subscribe(listener: () => void): () => void;
  turns(): readonly LiveTurn[];
  connection(): Connection;
  setConnection(connection: Connection): void;
  apply(event: LiveEvent): void;
  /** A new connection tells all open turns: what is not among them has ended meanwhile. */
  restart(): void;
  /** Turns that have ended and stand in the history now. */
  forget(turnIds: readonly string[]): void;
}

const MOST_ENDED = 20;

export const createLiveStore = (): LiveStore => {
  const listeners = new Set<() => void>();
  let turns: readonly LiveTurn[] = [];
  let connection: Connection = { state: "connecting" };
  let frame: number | null = null;

  const tell = (): void => {
    frame = null;
    for (const listener of [...listeners]) listener();
  };
  /** Text comes many times a second: once a frame is as often as can be seen. A hidden page draws no frames. */
  const changed = (): void => {
    if (document.hidden) tell();
    else if (frame === null) frame = requestAnimationFrame(tell);
  };
  /** What has ended is in the history; a few are kept until that is shown. */
  const withoutOld = (all: readonly LiveTurn[]): readonly LiveTurn[] => {
    const ended = all.filter(({ phase }) => phase === "ended");
    const old = new Set(ended.slice(0, Math.max(0, ended.length - MOST_ENDED)));
    return old.size === 0 ? all : all.filter((turn) => !old.has(turn));
  };
  const put = (turn: LiveTurn): void => {
    const rest = turns.filter(({ turnId }) => turnId !== turn.turnId);
    turns = [...rest, turn].sort((a, b) => a.receivedAt - b.receivedAt);
    changed();
  };

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    turns: () => turns,
    connection: () => connection,
    setConnection: (next) => {
      connection = next;
      changed();
    },
    apply: (event) => {
      if (event.type === "turn_opened") put(openTurn(event.turn));
      if (event.type !== "turn_event") return;
      const known = turns.find(({ turnId }) => turnId === event.event.turnId);
      if (!known) return;
      const next = applyTurnEvent(known, event.event);
      if (next === known) return;
      turns = withoutOld(turns.map((turn) => (turn === known ? next : turn)));
      changed();
    },
    restart: () => {
      turns = [];
      changed();
    },
    forget: (turnIds) => {
      const kept = turns.filter((turn) => turn.phase !== "ended" || !turnIds.includes(turn.turnId));
      if (kept.length === turns.length) return;
      turns = kept;
      changed();
    },
  };
};
