import { createHash } from "node:crypto";
import type { GatewayMessage } from "@steward/contract/gateway";
import type { Database } from "@steward/schema/sqlite";
import { gatewayRequests, turns } from "@steward/schema/tables";
import { and, desc, eq, gt, isNull, notInArray, or, sql } from "drizzle-orm";

/** `broken`: its response never got through. `joined`: another request has taken its turn over. */
export type ResponseState = "open" | "written" | "broken" | "joined";

export interface GatewayRequestRepository {
  /** Answers its id. Takes part in the open transaction. */
  insert(turnId: string, digest: string, now: number): number;
  setResponse(id: number, response: ResponseState): void;
  /**
   * The latest request of this digest after `after` whose response never got through and whose turn may be joined. One
   * that was withdrawn because it waited too long may not: nothing ran, and its sender has been told to try again.
   */
  findJoinable(digest: string, after: number): { id: number; turnId: string } | undefined;
  /** At a start: responses that were open when the service died never got through. */
  breakOpen(): void;
}

/** Ends of turns that were never taken up. */
const NEVER_RAN = ["queue_wait_timeout", "queue_held"];

export const createGatewayRequestRepository = ({ db }: { db: Database }): GatewayRequestRepository => {
  // Prepared once: these stand before every prompt of this door.
  const insertRequest = db
    .insert(gatewayRequests)
    .values({
      turnId: sql.placeholder("turnId"),
      digest: sql.placeholder("digest"),
      response: "open",
      createdAt: sql.placeholder("createdAt"),
    })
    .returning({ id: gatewayRequests.id })
    .prepare();
  const latestJoinable = db
    .select({ id: gatewayRequests.id, turnId: gatewayRequests.turnId })
    .from(gatewayRequests)
    .innerJoin(turns, eq(turns.id, gatewayRequests.turnId))
    .where(
      and(
        eq(gatewayRequests.digest, sql.placeholder("digest")),
        eq(gatewayRequests.response, "broken"),
        gt(gatewayRequests.createdAt, sql.placeholder("after")),
        or(isNull(turns.errorCode), notInArray(turns.errorCode, NEVER_RAN)),
      ),
    )
    .orderBy(desc(gatewayRequests.id))
    .limit(1)
    .prepare();

  return {
    insert: (turnId, digest, now) => insertRequest.get({ turnId, digest, createdAt: now }).id,
    setResponse: (id, response) => {
      db.update(gatewayRequests).set({ response }).where(eq(gatewayRequests.id, id)).run();
    },
    findJoinable: (digest, after) => latestJoinable.get({ digest, after }),
    breakOpen: () => {
      db.update(gatewayRequests)
        .set({ response: "broken" })
        .where(eq(gatewayRequests.response, "open"))
        .run();
    },
  };
};

/** What makes two requests the same one (wire contract §4.1). */
export const digestOf = (message: GatewayMessage): string =>
  createHash("sha256")
    .update(JSON.stringify([message.bot_id, message.chat_id, message.user_id ?? "", message.message]))
    .digest("hex");
