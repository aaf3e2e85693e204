import { createHash } from "node:crypto";
import type { WebSession } from "@steward/contract/web-sessions";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { DatabaseOrTransaction, OpenDatabase } from "@steward/schema/sqlite";
import { webSessions } from "@steward/schema/tables";
import { and, desc, eq, gt, ne, not, type SQL } from "drizzle-orm";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import { browserLabel } from "./browser-label.ts";

/** Browsers that are signed in to the web UI: each has a secret of its own, in its cookie, that is the owner's. */
export interface WebSessions {
  /** @param userAgent what the browser calls itself. The secret is told this once. */
  open(userAgent: string | undefined): { session: WebSession; secret: string };
  /** The session that a cookie belongs to, seen now. Null: unknown, ended, expired, or of an earlier API token. */
  find(secret: string): WebSession | null;
  list(): WebSession[];
  /** @param by for the audit. False: there is none. */
  end(id: string, by: string): boolean;
  /** All but one; answers which. */
  endOthers(keptId: string | null, by: string): string[];
  /** Called with the ids of sessions that were ended by somebody. */
  onEnded(listener: (ids: readonly string[]) => void): void;
}

const DAY_MS = 86_400_000;
const SECRET_BYTES = 32;
/** A browser that is not used for so long is signed out. */
const IDLE_MS = 30 * DAY_MS;
/** So is every one after this, however much it is used. */
export const LONGEST_SESSION_MS = 180 * DAY_MS;
/** A write with each request would be one too many. */
const NOTE_SEEN_EVERY_MS = 3_600_000;
const RETRY_NOTE_MS = 60_000;

/** @param deps.token the API token: when it is replaced, every browser is signed out */
export const createWebSessions = (deps: {
  database: OpenDatabase;
  settings: Pick<SettingsRepository, "audit">;
  token: string;
  clock: Clock;
  ids: Pick<Ids, "uuid7" | "token">;
  log: Logger;
}): WebSessions => {
  const { database, settings, clock, ids, log } = deps;
  const { db } = database;
  const tokenDigest = sha256(`web sessions of ${deps.token}`);
  let notAgainBeforeMs = Number.NEGATIVE_INFINITY;
  const listeners: ((ids: readonly string[]) => void)[] = [];

  const isCurrent = () =>
    and(
      eq(webSessions.tokenDigest, tokenDigest),
      gt(webSessions.lastSeenAt, clock.now() - IDLE_MS),
      gt(webSessions.createdAt, clock.now() - LONGEST_SESSION_MS),
    );
  const dropDead = (tx: DatabaseOrTransaction): void => {
    const alive = isCurrent();
    if (alive) tx.delete(webSessions).where(not(alive)).run();
  };

  /** A session that is used goes on, also while the database takes no writes. */
  const noteSeen = (id: string, at: number): void => {
    if (clock.monotonicMs() < notAgainBeforeMs) return;
    try {
      db.update(webSessions).set({ lastSeenAt: at }).where(eq(webSessions.id, id)).run();
    } catch (error) {
      notAgainBeforeMs = clock.monotonicMs() + RETRY_NOTE_MS;
      log.warn({ err: error }, "it could not be noted when a browser was last seen");
    }
  };
  const endWhere = (which: SQL | undefined, by: string): string[] => {
    const ended = db.delete(webSessions).where(which).returning().all();
    for (const { id, label } of ended) settings.audit(by, "web.sign_out", id, label);
    const ids = ended.map(({ id }) => id);
    for (const listener of listeners) listener(ids);
    return ids;
  };

  return {
    open: (userAgent) => {
      const now = clock.now();
      const secret = ids.token(SECRET_BYTES);
      const row = { id: ids.uuid7(), label: browserLabel(userAgent), createdAt: now, lastSeenAt: now };
      database.write((tx) => {
        dropDead(tx);
        tx.insert(webSessions)
          .values({ ...row, secretHash: sha256(secret), tokenDigest })
          .run();
      });
      settings.audit("owner", "web.sign_in", row.id, row.label);
      return { session: toSession(row), secret };
    },
    find: (secret) => {
      const row = db
        .select()
        .from(webSessions)
        .where(and(eq(webSessions.secretHash, sha256(secret)), isCurrent()))
        .get();
      if (!row) return null;
      const now = clock.now();
      if (now - row.lastSeenAt < NOTE_SEEN_EVERY_MS) return toSession(row);
      noteSeen(row.id, now);
      return toSession({ ...row, lastSeenAt: now });
    },
    list: () =>
      db
        .select()
        .from(webSessions)
        .where(isCurrent())
        .orderBy(desc(webSessions.lastSeenAt))
        .all()
        .map(toSession),
    end: (id, by) => endWhere(and(eq(webSessions.id, id), isCurrent()), by).length > 0,
    endOthers: (keptId, by) =>
      endWhere(keptId === null ? isCurrent() : and(isCurrent(), ne(webSessions.id, keptId)), by),
    onEnded: (listener) => void listeners.push(listener),
  };
};

type SessionRow = Pick<typeof webSessions.$inferSelect, "id" | "label" | "createdAt" | "lastSeenAt">;

const toSession = ({ id, label, createdAt, lastSeenAt }: SessionRow): WebSession => ({
  id,
  label,
  createdAt,
  lastSeenAt,
  expiresAt: Math.min(lastSeenAt + IDLE_MS, createdAt + LONGEST_SESSION_MS),
});

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
