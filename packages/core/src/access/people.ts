import type { AccessEntry } from "@steward/contract/access";
import { DomainError } from "@steward/contract/errors";
import type { Clock } from "@steward/platform/clock";
import type { AccessRole } from "@steward/schema/enums";
import type { DatabaseOrTransaction, OpenDatabase } from "@steward/schema/sqlite";
import { accessEntries } from "@steward/schema/tables";
import { and, asc, eq, sql } from "drizzle-orm";
import type { EventHub } from "../events/event-hub.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import { type Actor, nameActor } from "./actor.ts";

export type Newcomer = Pick<AccessEntry, "botId" | "userId" | "username" | "name">;

/** Who may use a bot, and as what. */
export interface People {
  isAllowed(botId: string, userId: string): boolean;
  /** Null: not let in. */
  roleOf(botId: string, userId: string): AccessRole | null;
  list(botId?: string): AccessEntry[];
  /** Throws person_not_found, owner_only, last_owner. */
  setRole(botId: string, userId: string, role: AccessRole, actor: Actor): AccessEntry;
  /** An admin may take a user's access away, an owner anybody's. Throws owner_only, last_owner. */
  revoke(botId: string, userId: string, actor: Actor): boolean;
}

export interface PeopleRepository extends Pick<People, "isAllowed" | "roleOf" | "list"> {
  /**
   * Takes part in the open transaction. Who is in already keeps the mightier of both roles. `people` = how many share the
   * bot now; `isNew`: one more than before.
   */
  letIn(
    tx: DatabaseOrTransaction,
    person: Newcomer,
    role: AccessRole,
  ): { entry: AccessEntry; people: number; isNew: boolean };
}

/** The mightiest first. */
const RANKS: readonly AccessRole[] = ["owner", "admin", "user"];

export const createPeopleRepository = (deps: {
  database: OpenDatabase;
  clock: Pick<Clock, "now">;
}): PeopleRepository => {
  const { db } = deps.database;
  // Asked with every update.
  const role = db
    .select({ role: accessEntries.role })
    .from(accessEntries)
    .where(
      and(
        eq(accessEntries.botId, sql.placeholder("botId")),
        eq(accessEntries.userId, sql.placeholder("userId")),
      ),
    )
    .prepare();
  const roleOf: People["roleOf"] = (botId, userId) => role.get({ botId, userId })?.role ?? null;

  return {
    roleOf,
    isAllowed: (botId, userId) => roleOf(botId, userId) !== null,
    list: (botId) =>
      db
        .select()
        .from(accessEntries)
        .where(botId === undefined ? undefined : eq(accessEntries.botId, botId))
        .orderBy(asc(accessEntries.createdAt))
        .all(),
    letIn: (tx, { botId, userId, username, name }, role) => {
      const before = tx.select().from(accessEntries).where(eq(accessEntries.botId, botId)).all();
      const known = before.find((each) => each.userId === userId);
      if (!known) {
        const entry = { botId, userId, role, username, name, createdAt: deps.clock.now() };
        tx.insert(accessEntries).values(entry).run();
        return { entry, people: before.length + 1, isNew: true };
      }
      const isRaised = RANKS.indexOf(role) < RANKS.indexOf(known.role);
      const entry = { ...known, role: isRaised ? role : known.role, username, name };
      tx.update(accessEntries).set(entry).where(entryOf(botId, userId)).run();
      return { entry, people: before.length, isNew: false };
    },
  };
};

export const createPeople = (deps: {
  database: OpenDatabase;
  people: PeopleRepository;
  settings: Pick<SettingsRepository, "audit">;
  hub: EventHub;
}): People => {
  const { database, people, settings, hub } = deps;

  /** Without an owner nobody could be let in from the chat, and the next stranger who is approved would become one. */
  const keepOneOwner = (tx: DatabaseOrTransaction, botId: string): void => {
    const owner = and(eq(accessEntries.botId, botId), eq(accessEntries.role, "owner"));
    if (tx.select().from(accessEntries).where(owner).get()) return;
    throw new DomainError("last_owner", "A bot keeps at least one owner");
  };

  return {
    isAllowed: people.isAllowed,
    roleOf: people.roleOf,
    list: people.list,
    setRole: (botId, userId, role, actor) => {
      const by = nameActor(actor, botId, people, "setRoles");
      const entry = database.write((tx) => {
        const before = people.roleOf(botId, userId);
        const [changed] = tx
          .update(accessEntries)
          .set({ role })
          .where(entryOf(botId, userId))
          .returning()
          .all();
        if (!changed) throw new DomainError("person_not_found", "This person is not paired with the bot");
        if (before === "owner") keepOneOwner(tx, botId);
        return changed;
      });
      settings.audit(by, "access.role", `${botId}/${userId}`, role);
      hub.publish("access_changed", { botId });
      return entry;
    },
    revoke: (botId, userId, actor) => {
      const role = people.roleOf(botId, userId);
      const by = nameActor(actor, botId, people, role === "user" || role === null ? "letIn" : "setRoles");
      const isGone = database.write((tx) => {
        const { changes } = tx.delete(accessEntries).where(entryOf(botId, userId)).run();
        if (role === "owner") keepOneOwner(tx, botId);
        return changes === 1;
      });
      if (!isGone) return false;
      settings.audit(by, "access.revoke", `${botId}/${userId}`);
      hub.publish("access_changed", { botId });
      return true;
    },
  };
};

const entryOf = (botId: string, userId: string) =>
  and(eq(accessEntries.botId, botId), eq(accessEntries.userId, userId));
