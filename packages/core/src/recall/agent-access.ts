import { createHash } from "node:crypto";
import type { Ids } from "@steward/platform/ids";

/** A key to what one chat may know, for the one process that it was made for. */
export interface AgentKey {
  /** 256 random bits; known to the process and, as its digest, to us. Never logged, never stored by us. */
  token: string;
  /** From now on it opens nothing. */
  end(): void;
}

/** Which process may ask for what of which chat. In memory alone: with the service every key ends. */
export interface AgentAccess {
  issue(chatRef: number): AgentKey;
  /** Whose key it is; null for one that was never given out or has ended. */
  chatOf(token: string): number | null;
}

const TOKEN_BYTES = 32;

export const createAgentAccess = ({ ids }: { ids: Pick<Ids, "token"> }): AgentAccess => {
  // By digest: how long a look-up takes tells nothing about the tokens themselves.
  const chats = new Map<string, number>();
  return {
    issue: (chatRef) => {
      const token = ids.token(TOKEN_BYTES);
      const key = digest(token);
      chats.set(key, chatRef);
      return { token, end: () => void chats.delete(key) };
    },
    chatOf: (token) => chats.get(digest(token)) ?? null,
  };
};

const digest = (token: string): string => createHash("sha256").update(token).digest("base64url");
