import type { Panic } from "@steward/contract/holds";
import type { AccessService } from "../access/access-service.ts";
import { actorOf, nameActor } from "../access/actor.ts";
import type { SessionManager } from "../sessions/session-manager.ts";
import type { SideSessions } from "../sessions/side-sessions.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import type { HoldBook } from "./hold-book.ts";

/** The person a front end speaks for; null = whoever holds the token. */
export type PanicActor = { botId: string; userId: string } | null;

export interface PanicService {
  status(): Panic;
  /**
   * Ends every running turn and process, and lets nothing run until released. Throws owner_only. Safe to repeat.
   *
   * @param holder what the audit calls the holder of the token, where more is known of them
   */
  start(actor: PanicActor, holder?: string): Promise<Panic & { stopped: number; ended: number }>;
  /** What was accepted meanwhile runs now. Throws owner_only. */
  release(actor: PanicActor, holder?: string): Panic & { released: boolean };
}

/** The emergency brake. */
export const createPanicService = (deps: {
  book: HoldBook;
  sessions: () => Pick<SessionManager, "panic">;
  /** What runs beside the chats; shut while panic is in force. */
  side: Pick<SideSessions, "endAll">;
  access: Pick<AccessService, "roleOf">;
  settings: SettingsRepository;
  storage: Pick<StorageWatch, "writeOrOwe">;
  countWaiting: () => number;
}): PanicService => {
  const { book } = deps;

  const nameOf = (actor: PanicActor): string => nameActor(actorOf(actor?.userId), actor?.botId, deps.access);

  /** A brake works also when nothing can be written down. */
  const audit = (by: string, what: "panic" | "panic.release"): void => {
    deps.storage.writeOrOwe("audit of panic", () => deps.settings.audit(by, what, "global"));
  };

  const status = (): Panic => {
    const hold = book.find("panic");
    return {
      active: hold !== null,
      since: hold?.since ?? null,
      by: hold?.by ?? null,
      waiting: deps.countWaiting(),
    };
  };

  return {
    status,
    start: async (actor, holder) => {
      const by = nameOf(actor);
      if (book.find("panic") === null) {
        book.place({ kind: "panic", scope: "global", detail: "", until: null, by });
        audit(actor === null ? (holder ?? by) : by, "panic");
      }
      // Also when it was in force already: pressing again must never do less.
      const [{ stopped, ended }, aside] = await Promise.all([deps.sessions().panic(), deps.side.endAll()]);
      return { ...status(), stopped, ended: ended + aside };
    },
    release: (actor, holder) => {
      const by = nameOf(actor);
      const hold = book.find("panic");
      if (hold === null) return { ...status(), released: false };
      audit(actor === null ? (holder ?? by) : by, "panic.release");
      book.release(hold, by);
      return { ...status(), released: true };
    },
  };
};
