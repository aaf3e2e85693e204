import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { AccessService } from "../access/access-service.ts";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { OutboxWriter } from "../deliveries/outbox-writer.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { SessionManager } from "../sessions/session-manager.ts";
import type { SideSessions } from "../sessions/side-sessions.ts";
import type { TurnGate } from "../sessions/turn-gate.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
import type { SpendingCaps } from "../usage/spending-caps.ts";
import { toldHold } from "./describe-hold.ts";
import { createHoldBook } from "./hold-book.ts";
import { createHoldNotices } from "./hold-notices.ts";
import { createHoldRepository, type OpenHold } from "./hold-repository.ts";
import { type AskLogin, createLoginWatch } from "./login-watch.ts";
import { createPanicService, type PanicService } from "./panic-service.ts";
import { createTurnGateKeeper } from "./turn-gate-keeper.ts";
import { createUsageLimit } from "./usage-limit.ts";

export interface HoldService {
  readonly gate: TurnGate;
  readonly panic: PanicService;
  all(): readonly OpenHold[];
  /** A turn has come to its queue: whoever waits behind a hold is told so. */
  queued(record: TurnRecord): void;
  start(): void;
  stop(): void;
}

/** Everything that may keep turns from running, wired. */
export const createHoldService = (deps: {
  database: OpenDatabase;
  outbox: Pick<OutboxWriter, "notifyOnce">;
  turns: TurnRepository;
  chats: ChatRepository;
  settings: SettingsRepository;
  access: Pick<AccessService, "roleOf">;
  storage: StorageWatch;
  clock: Clock;
  log: Logger;
  /** Made after the gate that they ask. */
  sessions: () => Pick<SessionManager, "wake" | "panic" | "suspendFree">;
  side: Pick<SideSessions, "endAll">;
  askLogin: AskLogin;
  timeZone: string;
  caps: SpendingCaps;
  hub: Pick<EventHub, "publish">;
}): HoldService => {
  const { turns, chats, hub, clock, log, settings } = deps;
  const notices = createHoldNotices(deps);
  const book = createHoldBook({
    repository: createHoldRepository(deps.database),
    storage: deps.storage,
    clock,
    onChange: (hold, what) => {
      hub.publish("holds_changed", {});
      log.warn({ kind: hold.kind, scope: hold.scope, until: hold.until, by: hold.by }, `hold ${what}`);
      if (what === "placed") {
        notices.tellWaiting(hold);
        // What runs freely was started with the login that is no good any more.
        if (hold.kind === "login") deps.sessions().suspendFree();
      }
      deps.sessions().wake();
    },
  });
  const login = createLoginWatch({ book, askLogin: deps.askLogin, clock, log });
  const usageLimit = createUsageLimit({ book, clock, random: Math.random });

  return {
    gate: createTurnGateKeeper({ book, usageLimit, login, notices, caps: deps.caps }),
    panic: createPanicService({
      book,
      sessions: deps.sessions,
      side: deps.side,
      access: deps.access,
      settings,
      storage: deps.storage,
      countWaiting: () => turns.countWaiting(),
    }),
    all: () => book.all().map(toldHold),
    queued: (record) => {
      // The usual case; this stands before every prompt.
      if (book.all().length === 0) return;
      const chat = chats.byRef(record.chatRef);
      const hold = book.over(chat);
      if (!hold) return;
      if (record.deliver) notices.tell(hold, chat);
      if (hold.kind === "login") login.wanted();
    },
    start: () => {
      book.start();
      login.start();
    },
    stop: () => {
      book.stop();
      login.stop();
    },
  };
};
