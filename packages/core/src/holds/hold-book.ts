import type { Clock, Timer } from "@steward/platform/clock";
import type { HoldKind } from "@steward/schema/enums";
import type { StorageWatch } from "../storage/storage-watch.ts";
import { HOLD_ORDER, type HoldRepository, type NewHold, type OpenHold } from "./hold-repository.ts";

export interface HoldBook {
  /** The hold that concerns a chat and is told, when several do. */
  over(chat: { id: number; botId: string }): OpenHold | null;
  find(kind: HoldKind): OpenHold | null;
  all(): readonly OpenHold[];
  /**
   * One per kind and scope: placing it again moves its end, and tells what is known of it now. `again` puts a released one
   * in force again, with its id.
   */
  place(hold: NewHold, again?: OpenHold | null): OpenHold;
  /** Nothing happens when it is not in force any more. */
  release(hold: Pick<OpenHold, "id">, by: string): void;
  /** From now on holds end when their time has come. */
  start(): void;
  stop(): void;
}

/** A sleeping machine does not count its sleep, and a wall clock is put right: the time is looked at this often. */
const LOOK_AGAIN_MS = 60_000;

/** The holds in force: kept in memory, because every turn asks, and in the database, because they survive a restart. */
export const createHoldBook = (deps: {
  repository: HoldRepository;
  storage: Pick<StorageWatch, "writeOrOwe">;
  clock: Clock;
  /** One has begun, has another end, or has ended. It holds from now on, also when it can be written down only later. */
  onChange: (hold: OpenHold, what: "placed" | "moved" | "released") => void;
}): HoldBook => {
  const { repository, storage, clock } = deps;
  let lastId = repository.lastId();
  const open = new Map(repository.open().map((hold) => [hold.id, hold]));
  const timers = new Map<number, Timer>();
  let started = false;

  const disarm = (id: number): void => {
    timers.get(id)?.cancel();
    timers.delete(id);
  };
  /** The end is a time of the wall clock, the timer runs on the monotonic one: it only says when to look. */
  const arm = (hold: OpenHold): void => {
    disarm(hold.id);
    if (!started || hold.until === null) return;
    const { id, until } = hold;
    const waitMs = Math.min(Math.max(until - clock.now(), 0), LOOK_AGAIN_MS);
    const timer = clock.setTimer(
      waitMs,
      () => {
        if (clock.now() >= until) book.release(hold, "time");
        else arm(hold);
      },
      { unref: true },
    );
    timers.set(id, timer);
  };

  const book: HoldBook = {
    over: (chat) => {
      // Asked several times in every turn.
      if (open.size === 0) return null;
      const scopes = ["global", `bot:${chat.botId}`, `chat:${chat.id}`];
      const concerning = [...open.values()].filter(({ scope }) => scopes.includes(scope));
      return concerning.sort((a, b) => HOLD_ORDER.indexOf(a.kind) - HOLD_ORDER.indexOf(b.kind))[0] ?? null;
    },
    find: (kind) => [...open.values()].find((hold) => hold.kind === kind) ?? null,
    all: () => [...open.values()],
    place: (wanted, again = null) => {
      const standing = [...open.values()].find(
        ({ kind, scope }) => kind === wanted.kind && scope === wanted.scope,
      );
      const known = standing ?? again;
      const hold: OpenHold = known
        ? { ...known, until: wanted.until, detail: wanted.detail }
        : { ...wanted, id: ++lastId, since: clock.now() };
      storage.writeOrOwe(`hold ${hold.kind}`, () => {
        if (known) repository.extend(hold.id, hold);
        else repository.insert(hold);
      });
      open.set(hold.id, hold);
      arm(hold);
      deps.onChange(hold, standing ? "moved" : "placed");
      return hold;
    },
    release: ({ id }, by) => {
      const hold = open.get(id);
      if (!hold) return;
      const at = clock.now();
      storage.writeOrOwe(`release of hold ${hold.kind}`, () => repository.release(id, by, at));
      open.delete(id);
      disarm(id);
      deps.onChange(hold, "released");
    },
    start: () => {
      started = true;
      for (const hold of open.values()) arm(hold);
    },
    stop: () => {
      started = false;
      for (const id of [...timers.keys()]) disarm(id);
    },
  };
  return book;
};
