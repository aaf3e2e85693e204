import type { AccessEntry, PairingRequest } from "@steward/contract/access";
import { DomainError } from "@steward/contract/errors";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { AccessRole } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { accessEntries, pairingRequests } from "@steward/schema/tables";
import { and, asc, eq, gt, lte } from "drizzle-orm";
import type { EventHub } from "../events/event-hub.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import { type Actor, isManager, nameActor } from "./actor.ts";

export interface AccessService {
  isAllowed(botId: string, userId: string): boolean;
  /** Null: not let in. */
  roleOf(botId: string, userId: string): AccessRole | null;
  list(botId?: string): AccessEntry[];
  /** Throws pairing_too_many when three others are waiting. The same person gets the same code until it expires. */
  requestPairing(request: {
    botId: string;
    userId: string;
    chatId: string;
    username: string | null;
    name: string | null;
  }): { code: string; expiresAt: number; fresh: boolean };
  listRequests(): PairingRequest[];
  /**
   * Throws pairing_code_invalid (unknown, used or expired), owner_only (a person who is not that bot's owner or admin).
   * `people` = how many share the bot now.
   */
  approve(code: string, actor: Actor): { entry: AccessEntry; people: number };
  /** An admin may take a user's access away, an owner anybody's. Throws owner_only. */
  revoke(botId: string, userId: string, actor: Actor): boolean;
}

/** Threat T3: few, short-lived, and approved only where the owner sits. */
const PAIRING_TTL_MS = 3_600_000;
const MAX_PAIRING_REQUESTS = 3;

export const createAccessService = (deps: {
  database: OpenDatabase;
  settings: SettingsRepository;
  hub: EventHub;
  clock: Clock;
  ids: Ids;
}): AccessService => {
  const { database, clock, hub, ids, settings } = deps;
  const { db } = database;
  const current = () => gt(pairingRequests.expiresAt, clock.now());

  const roleOf = (botId: string, userId: string): AccessRole | null =>
    db
      .select({ role: accessEntries.role })
      .from(accessEntries)
      .where(and(eq(accessEntries.botId, botId), eq(accessEntries.userId, userId)))
      .get()?.role ?? null;

  return {
    isAllowed: (botId, userId) => roleOf(botId, userId) !== null,
    roleOf,
    list: (botId) =>
      db
        .select()
        .from(accessEntries)
        .where(botId === undefined ? undefined : eq(accessEntries.botId, botId))
        .orderBy(asc(accessEntries.createdAt))
        .all(),
    requestPairing: (request) =>
      database.write((tx) => {
        const waiting = tx
          .select()
          .from(pairingRequests)
          .where(and(eq(pairingRequests.botId, request.botId), current()))
          .all();
        const own = waiting.find((each) => each.userId === request.userId);
        if (own) return { code: own.code, expiresAt: own.expiresAt, fresh: false };
        if (waiting.length >= MAX_PAIRING_REQUESTS) {
          throw new DomainError("pairing_too_many", "Too many people are waiting to be paired with this bot");
        }
        const now = clock.now();
        const row = { ...request, code: ids.pairingCode(), createdAt: now, expiresAt: now + PAIRING_TTL_MS };
        tx.delete(pairingRequests).where(lte(pairingRequests.expiresAt, now)).run();
        tx.insert(pairingRequests).values(row).run();
        return { code: row.code, expiresAt: row.expiresAt, fresh: true };
      }),
    listRequests: () =>
      db.select().from(pairingRequests).where(current()).orderBy(asc(pairingRequests.createdAt)).all(),
    approve: (code, actor) => {
      const normalized = code.trim().toUpperCase().replaceAll("-", "");
      const { entry, people, by } = database.write((tx) => {
        const request = tx
          .select()
          .from(pairingRequests)
          .where(and(eq(pairingRequests.code, normalized), current()))
          .get();
        if (!request)
          throw new DomainError("pairing_code_invalid", "This pairing code is unknown or has expired");
        const { botId, userId, username, name } = request;
        const by = nameActor(actor, botId, { roleOf });
        const others = tx.select().from(accessEntries).where(eq(accessEntries.botId, botId)).all();
        const role: AccessRole = others.some((other) => other.role === "owner") ? "user" : "owner";
        const row = { botId, userId, role, username, name, createdAt: clock.now() };
        tx.delete(pairingRequests).where(eq(pairingRequests.code, normalized)).run();
        const kept = others.find((other) => other.userId === userId);
        if (!kept) tx.insert(accessEntries).values(row).run();
        return { entry: kept ?? row, people: others.length + (kept ? 0 : 1), by };
      });
      settings.audit(by, "access.approve", `${entry.botId}/${entry.userId}`, entry.role);
      hub.publish("access_changed", { botId: entry.botId });
      return { entry, people };
    },
    revoke: (botId, userId, actor) => {
      const isMighty = isManager(roleOf(botId, userId));
      const by = nameActor(
        actor,
        botId,
        { roleOf },
        (role) => role === "owner" || (role === "admin" && !isMighty),
      );
      const gone = db
        .delete(accessEntries)
        .where(and(eq(accessEntries.botId, botId), eq(accessEntries.userId, userId)))
        .run().changes;
      if (gone === 0) return false;
      settings.audit(by, "access.revoke", `${botId}/${userId}`);
      hub.publish("access_changed", { botId });
      return true;
    },
  };
};
