import type { AccessEntry } from "@steward/contract/access";
import type { AccessList } from "@steward/telegram/access";

/**
 * Who may use this bot, as the API last said. While the API is away the last list stays; before its first word there
 * is none, and then nobody is let in.
 */
export interface AccessBook {
  readonly list: AccessList | null;
  /** Null: not let in by name. */
  roleOf(userId: string): AccessEntry["role"] | null;
  /** Takes the API's list, and answers who was let in while we run and has not been welcomed. */
  update(entries: readonly AccessEntry[]): AccessEntry[];
}

/** @param startedAt UTC ms; who was let in before has been welcomed, or has not waited for it. */
export function createAccessBook(startedAt: number): AccessBook {
  let list: AccessList | null = null;
  let roles = new Map<string, AccessEntry["role"]>();
  const seen = new Set<string>();
  return {
    get list() {
      return list;
    },
    roleOf: (userId) => roles.get(userId) ?? null,
    update(entries) {
      roles = new Map(entries.map(({ userId, role }) => [userId, role]));
      // Groups are not let in yet, whoever writes there.
      list = { userIds: entries.map(({ userId }) => userId), chatIds: [] };
      const fresh = entries.filter(
        ({ userId, createdAt }) => createdAt >= startedAt && !seen.has(`${userId} ${createdAt}`),
      );
      for (const { userId, createdAt } of entries) seen.add(`${userId} ${createdAt}`);
      return fresh;
    },
  };
}
