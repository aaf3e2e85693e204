import { ENDPOINTS } from "@steward/contract/endpoints";
import { DomainError } from "@steward/contract/errors";
import type { MemoryActor, MemoryRights } from "@steward/core/memory/memory-rights";
import type { Memory, MemoryChange, MemoryFilter, MemoryService } from "@steward/core/memory/memory-service";
import type { Mount } from "../http/mount.ts";
import { actorIn, authorOf } from "./memory-speaker.ts";

export function mountMemories(
  mount: Mount,
  { memories, memoryRights: rights }: { memories: MemoryService; memoryRights: MemoryRights },
): void {
  const seen = (id: number, actor: MemoryActor): Memory => {
    const memory = memories.find(id);
    if (!memory) throw new DomainError("memory_not_found", "Memory not found");
    rights.assertSees(memory, actor);
    return memory;
  };
  const writable = (id: number, actor: MemoryActor): Memory => {
    const memory = seen(id, actor);
    rights.assertWrites(memory, actor);
    return memory;
  };
  /** What was just done. */
  const lastChange = (id: number): MemoryChange | null => memories.history(id)[0] ?? null;
  const forget = (id: number, request: Parameters<typeof authorOf>[0]): { change: MemoryChange } => {
    const change = memories.remove(id, authorOf(request));
    if (!change) throw new DomainError("memory_not_found", "Memory not found");
    return { change };
  };

  mount.json(ENDPOINTS.listMemories, ({ query }) => {
    const { key, category, state, pinned, expired, cursor, offset, limit } = query;
    const filter: MemoryFilter = {
      ...whose(query),
      ...(key !== undefined && { key }),
      ...(category !== undefined && { category }),
      ...(state !== undefined && { state }),
      ...(pinned !== undefined && { pinned }),
      withExpired: expired,
    };
    return memories.page(filter, { limit, offset, ...(cursor !== undefined && { after: cursor }) });
  });
  mount.json(ENDPOINTS.getMemory, ({ params, query }) => seen(params.memoryId, actorIn(query)));
  mount.json(ENDPOINTS.createMemory, ({ body }) => {
    const { botId = "", chatId = "", shared: _shared, inBotId, inChatId, userId, userName, ...memory } = body;
    const speaker = { inBotId, inChatId, userId, userName };
    rights.assertWrites({ botId, chatId }, actorIn(speaker));
    return memories.add({ botId, chatId, ...given(memory) }, authorOf(speaker));
  });
  mount.json(ENDPOINTS.updateMemory, ({ params, body }) => {
    const { inBotId, inChatId, userId, userName, ...change } = body;
    const speaker = { inBotId, inChatId, userId, userName };
    writable(params.memoryId, actorIn(speaker));
    return memories.update(params.memoryId, given(change), authorOf(speaker));
  });
  mount.json(ENDPOINTS.deleteMemory, ({ params, query }) => {
    writable(params.memoryId, actorIn(query));
    return forget(params.memoryId, query);
  });
  mount.json(ENDPOINTS.acceptMemory, ({ params, body }) => {
    const before = writable(params.memoryId, actorIn(body));
    if (body.expectedUpdatedAt !== undefined && body.expectedUpdatedAt !== before.updatedAt) {
      throw new DomainError("memory_changed", "This memory was changed in the meantime");
    }
    const memory = memories.accept(params.memoryId, authorOf(body));
    return { memory, change: before.state === "accepted" ? null : lastChange(memory.id) };
  });
  mount.json(ENDPOINTS.rejectMemory, ({ params, body }) => {
    const memory = writable(params.memoryId, actorIn(body));
    if (memory.state !== "proposed") {
      throw new DomainError("memory_changed", "This memory was accepted in the meantime");
    }
    return forget(params.memoryId, body);
  });
  mount.json(ENDPOINTS.memoryHistory, ({ params, query }) => {
    const history = memories.history(params.memoryId);
    const whole = memories.find(params.memoryId) ?? wordsOf(history[0]);
    if (!whole) throw new DomainError("memory_not_found", "Memory not found");
    rights.assertSees(whole, actorIn(query));
    return history;
  });
  mount.json(ENDPOINTS.listMemoryChanges, ({ query }) => memories.changes(whose(query), query.limit));
  mount.json(ENDPOINTS.undoMemoryChange, ({ params, body }) => {
    const memory = wordsOf(memories.change(params.changeId));
    if (!memory) throw new DomainError("memory_not_found", "No such change of a memory");
    rights.assertWrites(memory, actorIn(body));
    return { memory: memories.undo(params.changeId, authorOf(body)) };
  });
}

const wordsOf = (change: MemoryChange | null | undefined): Memory | null =>
  change?.after ?? change?.before ?? null;

const whose = (query: {
  botId?: string | undefined;
  chatId?: string | undefined;
  own?: boolean;
}): MemoryFilter => {
  const { botId, chatId, own } = query;
  if (own) return { of: { botId: botId ?? "", chatId: chatId ?? "" } };
  if (botId === undefined) return {};
  return chatId === undefined ? { ofBot: botId } : { for: { botId, chatId } };
};

type Given<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };

/** Without what is not given. */
const given = <Fields extends object>(fields: Fields): Given<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;
