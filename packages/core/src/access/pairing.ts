import type { AccessEntry, PairingRequest } from "@steward/contract/access";
import { DomainError } from "@steward/contract/errors";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { DatabaseOrTransaction, OpenDatabase } from "@steward/schema/sqlite";
import { pairingRequests } from "@steward/schema/tables";
import { and, asc, eq, gt, isNull, lte } from "drizzle-orm";
import type { EventHub } from "../events/event-hub.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import { type Actor, nameActor } from "./actor.ts";
import { calledName, type OwnerQuestions, sentence } from "./owner-questions.ts";
import type { Newcomer, PeopleRepository } from "./people.ts";

/** A stranger asks in the chat and gets a code; a person who may let others in approves it. */
export interface Pairing {
  /**
   * Asks the bot's owners. The same person gets the same code until it expires. Throws pairing_too_many when three others
   * are waiting, pairing_refused for a week after a refusal.
   */
  requestPairing(request: Newcomer & { chatId: string }): { code: string; expiresAt: number; fresh: boolean };
  listRequests(): PairingRequest[];
  /**
   * Throws pairing_code_invalid (unknown, used or expired), owner_only (a person who is not that bot's owner or admin).
   * `people` = how many share the bot now.
   */
  approve(code: string, actor: Actor): { entry: AccessEntry; people: number };
  /** Throws as `approve` does. */
  refuse(code: string, actor: Actor): PairingRequest;
}

/** Threat T3: few, short-lived, and approved only by whom the owner trusts. */
const PAIRING_TTL_MS = 3_600_000;
const MAX_PAIRING_REQUESTS = 3;
const REFUSED_FOR_MS = 7 * 86_400_000;

export const createPairing = (deps: {
  database: OpenDatabase;
  people: PeopleRepository;
  questions: OwnerQuestions;
  settings: Pick<SettingsRepository, "audit">;
  hub: EventHub;
  clock: Clock;
  ids: Ids;
}): Pairing => {
  const { database, people, questions, settings, clock, ids } = deps;
  const current = () => gt(pairingRequests.expiresAt, clock.now());
  const waiting = () => and(current(), isNull(pairingRequests.refusedAt));

  /** What was asked by this code, by whoever may answer it. */
  const answerable = (tx: DatabaseOrTransaction, code: string, actor: Actor) => {
    const normalized = code.trim().toUpperCase().replaceAll("-", "");
    const row = tx
      .select()
      .from(pairingRequests)
      .where(and(eq(pairingRequests.code, normalized), waiting()))
      .get();
    if (!row) throw new DomainError("pairing_code_invalid", "This pairing code is unknown or has expired");
    return { request: toRequest(row), by: nameActor(actor, row.botId, people, "letIn") };
  };

  return {
    requestPairing: (request) => {
      const { answer, asked } = database.write((tx) => {
        const ofBot = tx
          .select()
          .from(pairingRequests)
          .where(and(eq(pairingRequests.botId, request.botId), current()))
          .all();
        const own = ofBot.find((each) => each.userId === request.userId);
        if (own?.refusedAt != null) throw new DomainError("pairing_refused", "This person was refused");
        if (own) return { answer: { code: own.code, expiresAt: own.expiresAt, fresh: false }, asked: [] };
        if (ofBot.filter(({ refusedAt }) => refusedAt === null).length >= MAX_PAIRING_REQUESTS) {
          throw new DomainError("pairing_too_many", "Too many people are waiting to be paired with this bot");
        }
        const now = clock.now();
        const code = ids.pairingCode();
        const expiresAt = now + PAIRING_TTL_MS;
        tx.delete(pairingRequests).where(lte(pairingRequests.expiresAt, now)).run();
        tx.insert(pairingRequests)
          .values({ ...request, code, createdAt: now, expiresAt })
          .run();
        const asked = questions.ask(tx, request.botId, {
          subject: code,
          actions: ["pair_allow", "pair_refuse"],
          say: sentence("access.asks", { name: calledName(request), user: request.userId, code }),
        });
        return { answer: { code, expiresAt, fresh: true }, asked };
      });
      questions.publish(asked);
      if (answer.fresh) deps.hub.publish("pairing_changed", { botId: request.botId });
      return answer;
    },
    listRequests: () =>
      database.db
        .select()
        .from(pairingRequests)
        .where(waiting())
        .orderBy(asc(pairingRequests.createdAt))
        .all()
        .map(toRequest),
    approve: (code, actor) => {
      const { entry, count, by, told } = database.write((tx) => {
        const { request, by } = answerable(tx, code, actor);
        const hasOwner = people.list(request.botId).some(({ role }) => role === "owner");
        const { entry, people: count } = people.letIn(tx, request, hasOwner ? "user" : "owner");
        tx.delete(pairingRequests).where(eq(pairingRequests.code, request.code)).run();
        const say = sentence("access.let_in", { name: calledName(entry), user: entry.userId });
        return { entry, count, by, told: questions.answer(tx, request.botId, request.code, say) };
      });
      settings.audit(by, "access.approve", `${entry.botId}/${entry.userId}`, entry.role);
      deps.hub.publish("access_changed", { botId: entry.botId });
      questions.publish(told);
      return { entry, people: count };
    },
    refuse: (code, actor) => {
      const { request, by, told } = database.write((tx) => {
        const { request, by } = answerable(tx, code, actor);
        const now = clock.now();
        tx.update(pairingRequests)
          .set({ refusedAt: now, expiresAt: now + REFUSED_FOR_MS })
          .where(eq(pairingRequests.code, request.code))
          .run();
        const say = sentence("access.refused", { name: calledName(request), user: request.userId });
        return { request, by, told: questions.answer(tx, request.botId, request.code, say) };
      });
      settings.audit(by, "access.refuse", `${request.botId}/${request.userId}`);
      questions.publish(told);
      deps.hub.publish("pairing_changed", { botId: request.botId });
      return request;
    },
  };
};

const toRequest = ({
  refusedAt: _refused,
  ...request
}: typeof pairingRequests.$inferSelect): PairingRequest => request;
