import type { ChatAddress } from "@steward/contract/ids";
import type { Clock } from "@steward/platform/clock";
import type { PolicyService } from "../policies/policy-service.ts";
import { type BucketSize, TokenBucket } from "./token-bucket.ts";

/** Who submits a turn. */
export interface Submitter extends ChatAddress {
  userId: string | null;
  /** Through a door that the API's token opens by itself; front ends that know their people are not counted there. */
  byToken: boolean;
}

export interface RateRefusal {
  allowed: false;
  retryAfterMs: number;
  /** The first of this chat since something of it was let through: to be told, unlike those after it. */
  isFirst: boolean;
}
export type RateVerdict = { allowed: true } | RateRefusal;

export interface TurnRates {
  /** Counts one turn against every rate that concerns it, or, when one of them is used up, against none. */
  take(submitter: Submitter): RateVerdict;
  /** What `work` takes is given back when it throws: a commit that failed is tried again, and counts then. */
  unlessThrown<Result>(work: () => Result): Result;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** More different people and chats than any household has; beyond it those are forgotten of whom least is lost by it. */
export const MOST_REMEMBERED = 5_000;

/** Rates of turns per person, chat and token, as token buckets on the monotonic clock. A restart forgets them. */
export const createTurnRates = (deps: {
  policies: Pick<PolicyService, "get">;
  chatRefOf: (address: ChatAddress) => number | null;
  clock: Pick<Clock, "monotonicMs">;
}): TurnRates => {
  const { policies, clock } = deps;
  const buckets = new Map<string, { bucket: TokenBucket; size: BucketSize }>();
  /** Chats of which something was refused since something was let through. */
  const refused = new Set<string>();
  /** Undoes what the work at hand has taken. */
  let undo: (() => void)[] | null = null;

  const bucketOf = (key: string, size: BucketSize, nowMs: number): TokenBucket => {
    const bucket = buckets.get(key)?.bucket ?? new TokenBucket(size, nowMs);
    buckets.set(key, { bucket, size });
    return bucket;
  };
  /** A full bucket is as good as none. When too many are not, those go that would be full soonest, a tenth at once. */
  const forgetFullest = (nowMs: number): void => {
    if (buckets.size <= MOST_REMEMBERED) return;
    const byMissing = [...buckets]
      .map(([key, { bucket, size }]) => ({ key, fullInMs: bucket.fullInMs(size, nowMs) }))
      .sort((a, b) => a.fullInMs - b.fullInMs);
    const excess = buckets.size - MOST_REMEMBERED * 0.9;
    for (const [index, { key, fullInMs }] of byMissing.entries()) {
      if (fullInMs > 0 && index >= excess) return;
      buckets.delete(key);
    }
  };
  const noteRefused = (chatKey: string): { isFirst: boolean } => {
    const isFirst = !refused.delete(chatKey);
    refused.add(chatKey);
    const [oldest] = refused;
    if (refused.size > MOST_REMEMBERED && oldest !== undefined) refused.delete(oldest);
    return { isFirst };
  };

  return {
    take: ({ userId, byToken, ...address }) => {
      const { botId, chatId, threadId } = address;
      const chatKey = `${botId} ${chatId} ${threadId}`;
      // A chat without a row has no word of its own.
      const chat = { id: deps.chatRefOf(address) ?? -1, botId };
      const who = [`chat ${chatKey}`, ...(userId === null ? [] : [`user ${botId} ${userId}`])];
      const limits = [
        ...who.map((name) => ({
          name,
          per: "minute",
          policy: "maxTurnsPerMinute" as const,
          perMs: MINUTE_MS,
        })),
        ...who.map((name) => ({ name, per: "hour", policy: "maxTurnsPerHour" as const, perMs: HOUR_MS })),
        ...(byToken
          ? [{ name: "token", per: "minute", policy: "maxTokenTurnsPerMinute" as const, perMs: MINUTE_MS }]
          : []),
      ];
      const nowMs = clock.monotonicMs();
      const counted = limits.flatMap(({ name, per, policy, perMs }) => {
        const capacity = policies.get(policy, chat);
        if (capacity === null) return [];
        const size = { capacity, perMs };
        const bucket = bucketOf(`${per} ${name}`, size, nowMs);
        return [{ bucket, waitMs: bucket.waitMs(size, nowMs) }];
      });
      const retryAfterMs = Math.max(0, ...counted.map(({ waitMs }) => waitMs));
      const allowed = retryAfterMs === 0;
      if (allowed) for (const { bucket } of counted) bucket.take();
      // Only now: before something is taken from them, new ones are full.
      forgetFullest(nowMs);
      if (!allowed) {
        const refusal = noteRefused(chatKey);
        if (refusal.isFirst) undo?.push(() => refused.delete(chatKey));
        return { allowed, retryAfterMs, ...refusal };
      }
      const wasRefused = refused.delete(chatKey);
      undo?.push(() => {
        for (const { bucket } of counted) bucket.giveBack();
        if (wasRefused) refused.add(chatKey);
      });
      return { allowed };
    },
    unlessThrown: (work) => {
      const taken: (() => void)[] = [];
      undo = taken;
      try {
        return work();
      } catch (error) {
        for (const each of taken.reverse()) each();
        throw error;
      } finally {
        undo = null;
      }
    },
  };
};
