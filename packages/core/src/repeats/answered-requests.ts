import { DomainError } from "@steward/contract/errors";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { answeredRequests } from "@steward/schema/tables";
import { and, eq, lt } from "drizzle-orm";

/** A request as its repeat is known by. */
export interface KeyedRequest {
  /** The endpoint: the same key elsewhere is another one. */
  scope: string;
  key: string;
  /** Of what was asked. */
  digest: string;
}

export interface KeptAnswer {
  status: number;
  /** Anything that JSON can say. */
  body: unknown;
}

/** Requests that make no turn and carry a client's key: done once, answered as often as asked. */
export interface AnsweredRequests {
  /**
   * Does the work, or answers what it answered. A repeat that comes while the first one is at work waits for it. What was
   * refused is not kept: asked again, it is tried again. So is what a crash cut off between the work and its note.
   * Throws idempotency_mismatch, and what the work throws.
   */
  once<Answer extends KeptAnswer>(request: KeyedRequest, work: () => Promise<Answer>): Promise<Answer>;
  /** Forgets what was answered before `before`. */
  prune(before: number): void;
}

export const createAnsweredRequests = (deps: {
  database: OpenDatabase;
  clock: Clock;
  log: Logger;
}): AnsweredRequests => {
  const { db } = deps.database;
  const underway = new Map<string, { digest: string; answer: Promise<KeptAnswer> }>();

  const assertSame = (known: { digest: string }, { digest }: KeyedRequest): void => {
    if (known.digest === digest) return;
    throw new DomainError("idempotency_mismatch", "This Idempotency-Key was used for something else");
  };

  const find = ({ scope, key }: KeyedRequest) =>
    db
      .select()
      .from(answeredRequests)
      .where(and(eq(answeredRequests.scope, scope), eq(answeredRequests.key, key)))
      .get();

  const doAndKeep = async (
    { scope, key, digest }: KeyedRequest,
    work: () => Promise<KeptAnswer>,
  ): Promise<KeptAnswer> => {
    const { status, body } = await work();
    const answer = JSON.stringify(body);
    try {
      db.insert(answeredRequests)
        .values({ scope, key, digest, status, answer, createdAt: deps.clock.now() })
        .run();
    } catch (error) {
      // It is done, and saying so matters more than being able to say it again.
      deps.log.error({ err: error, scope }, "an answer could not be kept");
    }
    return { status, body };
  };

  return {
    once: async <Answer extends KeptAnswer>(request: KeyedRequest, work: () => Promise<Answer>) => {
      const name = JSON.stringify([request.scope, request.key]);
      const running = underway.get(name);
      if (running) {
        assertSame(running, request);
        // The same endpoint's answer to the same request.
        return (await running.answer) as Answer;
      }
      const known = find(request);
      if (known) {
        assertSame(known, request);
        return { status: known.status, body: JSON.parse(known.answer) as unknown } as Answer;
      }
      const answer = doAndKeep(request, work).finally(() => underway.delete(name));
      underway.set(name, { digest: request.digest, answer });
      return (await answer) as Answer;
    },
    prune: (before) => {
      db.delete(answeredRequests).where(lt(answeredRequests.createdAt, before)).run();
    },
  };
};
