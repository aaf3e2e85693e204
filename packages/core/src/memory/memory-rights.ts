import { DomainError } from "@steward/contract/errors";
import { type Ability, may } from "../access/abilities.ts";
import type { People } from "../access/people.ts";
import { isFor } from "./memory-repository.ts";
import type { MemoryOwner } from "./memory-service.ts";

/** Who does something with memories: whoever holds the token (no `chat`), or a person in a chat, for whom a front end speaks. */
export interface MemoryActor {
  /** Only what this chat may know is there for them. */
  chat?: MemoryOwner;
  userId?: string;
}

export interface MemoryRights {
  /** Ids are routes, not rights: another chat's is not there. @throws DomainError `memory_not_found` */
  assertSees(memory: MemoryOwner, actor: MemoryActor): void;
  /** @throws DomainError `memory_not_found`, `owner_only` */
  assertWrites(memory: MemoryOwner, actor: MemoryActor): void;
  writes(memory: MemoryOwner, actor: MemoryActor): boolean;
}

/**
 * Whoever uses a bot keeps the memories of the chats they write in. What holds for all chats of the bot is its managers', what
 * holds for everybody its owner's.
 */
const abilityFor = ({ botId, chatId }: MemoryOwner): Ability => {
  if (chatId !== "") return "keepMemories";
  return botId === "" ? "keepSharedMemories" : "keepBotMemories";
};

export const createMemoryRights = ({ access }: { access: Pick<People, "roleOf"> }): MemoryRights => {
  const sees = (memory: MemoryOwner, { chat }: MemoryActor): boolean =>
    chat === undefined || isFor(memory, chat);

  /** In a group that lets everyone in, they have no role, and keep what the group knows all the same. */
  const isAble = (memory: MemoryOwner, { chat, userId }: MemoryActor): boolean => {
    if (userId === undefined || chat === undefined) return true;
    const ability = abilityFor(memory);
    return ability === "keepMemories" || may(access.roleOf(chat.botId, userId), ability);
  };

  const rights: MemoryRights = {
    assertSees: (memory, actor) => {
      if (!sees(memory, actor)) throw new DomainError("memory_not_found", "Memory not found");
    },
    assertWrites: (memory, actor) => {
      rights.assertSees(memory, actor);
      if (!isAble(memory, actor)) {
        throw new DomainError("owner_only", "Only the bot's owner or an admin may do this");
      }
    },
    writes: (memory, actor) => sees(memory, actor) && isAble(memory, actor),
  };
  return rights;
};
