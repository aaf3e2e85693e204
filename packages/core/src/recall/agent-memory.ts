import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import type { Clock } from "@steward/platform/clock";
import type { Memory, MemoryAuthor, MemoryOwner, MemoryService } from "../memory/memory-service.ts";
import type { SearchService } from "../search/search-service.ts";
import type { OutsideContact } from "./outside-contact.ts";

/** The turn for which an agent asks. */
export interface AskingTurn {
  id: string;
  userId: string | null;
  userName: string | null;
  /** The person's message in the history. */
  messageId: number | null;
  contacts: readonly OutsideContact[];
}

/** Who asks, and for which chat. A chat's agent without a turn works by itself: nobody has asked for what it keeps. */
export type MemoryCaller = { address: ChatAddress } & (
  | { as: "owner" }
  | { as: "agent"; turn: AskingTurn | null }
);

export type MemoryReach = "chat" | "bot" | "everyone";

export interface NewNote {
  key: string;
  content: string;
  category: string;
  scope: MemoryReach;
}

/** A memory as an agent is told of it. */
export interface TellableMemory {
  id: number;
  key: string;
  content: string;
  category: string;
  scope: MemoryReach;
  updated_at: string;
}

/** What the tools of one caller do: they see what that chat may know and what was said in it, and nothing else. */
export type AgentMemory = ReturnType<ReturnType<typeof createAgentMemory>>;

const PROPOSED =
  "It waits as a proposal and is not recalled: a person has to accept it (/memory in the chat). Say so in your answer.";

export const createAgentMemory = (deps: {
  memories: MemoryService;
  search: Pick<SearchService, "messages" | "memories">;
  clock: Pick<Clock, "now">;
}) => {
  const { memories, search } = deps;

  return (caller: MemoryCaller) => {
    const { address } = caller;
    const own: MemoryOwner = { botId: address.botId, chatId: address.chatId };

    const assertOwnBot = (botId: string | undefined): void => {
      if (botId === undefined || botId === address.botId) return;
      throw new DomainError(
        "not_found",
        "There is no such bot here. Leave bot_id out: this chat's bot is meant.",
      );
    };

    const author = (): MemoryAuthor => {
      if (caller.as === "owner")
        return { origin: "client", userId: null, userName: null, turnId: null, messageId: null };
      const { id = null, userId = null, userName = null, messageId = null } = caller.turn ?? {};
      return { origin: "agent", userId, userName, turnId: id, messageId };
    };

    /** Whether a person has to say yes first: it may be somebody else's idea, or reaches further than this chat. */
    const mustBeProposed = (owner: MemoryOwner): boolean => {
      if (caller.as === "owner") return false;
      return caller.turn === null || caller.turn.contacts.length > 0 || owner.chatId === "";
    };

    const isVisible = (memory: Memory): boolean =>
      memory.state === "accepted" &&
      (memory.expiresAt === null || memory.expiresAt > deps.clock.now()) &&
      memories.isFor(memory, own);

    /** One that the caller may know; others are as good as absent. */
    const known = (id: number): Memory => {
      const memory = memories.find(id);
      if (memory === null || !isVisible(memory))
        throw new DomainError(
          "not_found",
          `There is no memory ${id} here. list_memories names those there are.`,
        );
      return memory;
    };

    /** The same words once more, of the same turn or after a lost answer, make no second memory. */
    const keep = (note: Omit<NewNote, "scope">, owner: MemoryOwner): { memory: Memory; isNew: boolean } => {
      const state = mustBeProposed(owner) ? "proposed" : "accepted";
      const same = memories
        .list({ of: owner })
        .find(
          ({ key, content, ...it }) =>
            key === note.key && content === note.content && (it.state === state || it.state === "accepted"),
        );
      if (same) return { memory: same, isNew: false };
      return { memory: memories.add({ ...note, ...owner, state }, author()), isNew: true };
    };

    const told = (memory: Memory) => ({
      ...tell(memory),
      ...(memory.state === "proposed" && { state: "proposed", note: PROPOSED }),
    });

    return {
      add: ({ scope, ...note }: NewNote, botId?: string) => {
        assertOwnBot(botId);
        const { memory, isNew } = keep(note, ownerOf(scope, own));
        return { ...told(memory), ...(!isNew && { unchanged: true }) };
      },
      update: (id: number, change: { content?: string | undefined; category?: string | undefined }) => {
        const memory = known(id);
        const { content = memory.content, category = memory.category } = change;
        if (!mustBeProposed(memory)) return told(memories.update(id, { content, category }, author()));
        // What is there stands until somebody has accepted the other.
        const { key, botId, chatId } = memory;
        return told(keep({ key, content, category }, { botId, chatId }).memory);
      },
      remove: (id: number) => {
        const memory = known(id);
        if (mustBeProposed(memory)) {
          throw new DomainError(
            "forbidden",
            "This cannot be forgotten from here: it belongs to more than this chat, or this turn has read something from " +
              "outside. Ask the person to forget it themself (/forget in the chat).",
          );
        }
        memories.remove(id, author());
        return { deleted: true, id };
      },
      list: ({ category }: { category?: string | undefined }, botId?: string) => {
        assertOwnBot(botId);
        const filter = { for: own, state: "accepted", ...(category !== undefined && { category }) } as const;
        const page = memories.page(filter, { limit: MOST_LISTED });
        const left = page.total - page.memories.length;
        return {
          memories: page.memories.map(tell),
          ...(left > 0 && { more: `${left} more are not listed: find them with search_memory` }),
        };
      },
      search: async ({ query, limit }: { query: string; limit: number }, botId?: string) => {
        assertOwnBot(botId);
        const answer = await search.memories({ scope: { for: own }, text: query, limit });
        const found = answer.hits.flatMap(({ id }) => {
          const memory = memories.find(id);
          // It may have been changed or taken away since the index saw it.
          return memory !== null && isVisible(memory) ? [tell(memory)] : [];
        });
        return { mode: answer.mode, memories: found };
      },
      searchHistory: async ({ query, limit }: { query: string; limit: number }, botId?: string) => {
        assertOwnBot(botId);
        const answer = await search.messages({ scope: address, text: query, limit });
        const messages = answer.hits.map(({ role, content, userName, createdAt }) => ({
          role,
          ...(userName !== null && { from: userName }),
          at: new Date(createdAt).toISOString(),
          text: content.slice(0, MAX_QUOTED_CHARACTERS),
        }));
        return { mode: answer.mode, messages };
      },
    };
  };
};

/** What a model can still make something of. */
const MOST_LISTED = 100;
/** Of one message; a hundred of them are still a readable answer. */
const MAX_QUOTED_CHARACTERS = 2_000;

const ownerOf = (scope: MemoryReach, own: MemoryOwner): MemoryOwner => {
  if (scope === "everyone") return { botId: "", chatId: "" };
  return scope === "bot" ? { botId: own.botId, chatId: "" } : own;
};

const tell = ({ id, key, content, category, botId, chatId, updatedAt }: Memory): TellableMemory => ({
  id,
  key,
  content,
  category,
  scope: chatId !== "" ? "chat" : botId !== "" ? "bot" : "everyone",
  updated_at: new Date(updatedAt).toISOString(),
});
