import { createHash } from "node:crypto";
import type { AccessEntry } from "@steward/contract/access";
import { DomainError } from "@steward/contract/errors";
import type { Invitation } from "@steward/contract/invitations";
import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { AccessRole, Language } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { bots, invitations } from "@steward/schema/tables";
import { and, asc, eq, gt, isNull, lte } from "drizzle-orm";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import { type Actor, nameActor } from "./actor.ts";
import type { Guesses } from "./guesses.ts";
import { calledName, type OwnerQuestions, sentence } from "./owner-questions.ts";
import type { Newcomer, PeopleRepository } from "./people.ts";

export interface NewInvitation extends Invitation {
  /** Shown once; what is kept is its hash. */
  code: string;
  /** Null while the bot's username is not known. */
  link: string | null;
  warning: string | null;
}

/** A link lets one person in, once, without anybody being asked then. */
export interface Invitations {
  /** Throws owner_only: an admin may invite users, an owner anybody. `warning` in `language`. */
  invite(
    wish: { botId: string; role: AccessRole; expiresInMs: number; language: Language },
    actor: Actor,
  ): NewInvitation;
  listInvitations(botId?: string): Invitation[];
  /** False when it was used or withdrawn before, or has expired. Throws owner_only. */
  withdraw(id: string, actor: Actor): boolean;
  /**
   * Tells the owners who came. The person whom it let in is answered the same again.
   * Throws invitation_invalid (unknown, used, expired), invitation_guesses.
   */
  redeem(code: string, person: Newcomer & { language: Language }): AccessEntry;
}

/** 176 bits: what is guessed is never one of them, and a plain hash of it tells nothing. */
const CODE_BYTES = 22;
/** How long it is known by whom an invitation was used, so that a repeat is answered the same. */
const KEEP_USED_MS = 7 * 86_400_000;

export const createInvitations = (deps: {
  database: OpenDatabase;
  people: PeopleRepository;
  chats: Pick<ChatRepository, "find" | "ensure">;
  questions: OwnerQuestions;
  guesses: Guesses;
  settings: Pick<SettingsRepository, "audit">;
  hub: EventHub;
  clock: Clock;
  ids: Ids;
  /** Several people may share a bot with an API key; a subscription is for one (DESIGN §13.6). */
  warnsOfSharing: boolean;
}): Invitations => {
  const { database, people, questions, guesses, settings, clock, ids, warnsOfSharing } = deps;
  const { db } = database;
  const usable = () => and(isNull(invitations.usedAt), gt(invitations.expiresAt, clock.now()));

  const linkTo = (botId: string, code: string): string | null => {
    const username = db.select().from(bots).where(eq(bots.id, botId)).get()?.username;
    return username ? `https://t.me/${username}?start=${code}` : null;
  };

  return {
    invite: ({ botId, role, expiresInMs, language }, actor) => {
      const by = nameActor(actor, botId, people, role === "user" ? "letIn" : "setRoles");
      const now = clock.now();
      const code = ids.token(CODE_BYTES);
      const row = {
        id: ids.uuid7(),
        botId,
        role,
        createdBy: by,
        createdAt: now,
        expiresAt: now + expiresInMs,
      };
      database.write((tx) => {
        tx.delete(invitations)
          .where(lte(invitations.expiresAt, now - KEEP_USED_MS))
          .run();
        tx.insert(invitations)
          .values({ ...row, codeHash: hashOf(code) })
          .run();
      });
      settings.audit(by, "access.invite", botId, role);
      deps.hub.publish("invitations_changed", { botId });
      const count = people.list(botId).length + 1;
      const warning =
        warnsOfSharing && count === 2 ? translate(language, "access.second_person_soon", { count }) : null;
      return { ...row, code, link: linkTo(botId, code), warning };
    },
    listInvitations: (botId) =>
      db
        .select()
        .from(invitations)
        .where(and(usable(), botId === undefined ? undefined : eq(invitations.botId, botId)))
        .orderBy(asc(invitations.createdAt))
        .all()
        .map(({ codeHash: _hash, usedAt: _at, usedBy: _by, ...invitation }) => invitation),
    withdraw: (id, actor) => {
      const row = db
        .select()
        .from(invitations)
        .where(and(eq(invitations.id, id), usable()))
        .get();
      if (!row) return false;
      const by = nameActor(actor, row.botId, people, row.role === "user" ? "letIn" : "setRoles");
      database.write((tx) => tx.delete(invitations).where(eq(invitations.id, id)).run());
      settings.audit(by, "access.uninvite", row.botId, row.role);
      deps.hub.publish("invitations_changed", { botId: row.botId });
      return true;
    },
    redeem: (code, { language, ...person }) => {
      const { botId, userId } = person;
      guesses.assertFew(botId, userId);
      const now = clock.now();
      const came = database.write((tx) => {
        const row = tx
          .select()
          .from(invitations)
          .where(and(eq(invitations.codeHash, hashOf(code)), eq(invitations.botId, botId)))
          .get();
        const before = people.list(botId).find((each) => each.userId === userId);
        if (row?.usedBy === userId && before) return { entry: before, told: [] };
        if (!row || row.usedAt !== null || row.expiresAt <= now) return null;
        const { entry, people: count, isNew } = people.letIn(tx, person, row.role);
        tx.update(invitations).set({ usedAt: now, usedBy: userId }).where(eq(invitations.id, row.id)).run();
        deps.chats.ensure({ botId, chatId: userId, threadId: "" }, language, now);
        const told = questions.tell(tx, botId, (to) => {
          const role = translate(to, `cli.role.${entry.role}`);
          const news = sentence("access.invited_came", { name: calledName(entry), user: userId, role })(to);
          if (!isNew || count !== 2 || !warnsOfSharing) return news;
          return `${news}\n\n⚠️ ${translate(to, "pairing.second_person", { count })}`;
        });
        return { entry, told };
      });
      if (came === null) {
        guesses.wrong(botId, userId);
        throw new DomainError("invitation_invalid", "This invitation is unknown, used or expired");
      }
      settings.audit(`${botId}/${userId}`, "access.redeem", `${botId}/${userId}`, came.entry.role);
      deps.hub.publish("access_changed", { botId });
      questions.publish(came.told);
      return came.entry;
    },
  };
};

const hashOf = (code: string): string => createHash("sha256").update(code.trim()).digest("hex");
