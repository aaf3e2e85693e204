import { memoryChanges, memories as memoryRows } from "@steward/schema/tables";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { MemoryAuthor, MemoryOwner } from "../src/memory/memory-service.ts";
import { startCore } from "./test-core.ts";

const BY: MemoryAuthor = { origin: "client", userId: null, userName: null, turnId: null, messageId: null };
const owner = fc.oneof(
  fc.constant<MemoryOwner>({ botId: "", chatId: "" }),
  fc.record<MemoryOwner>({
    botId: fc.constantFrom("7", "8", "77"),
    chatId: fc.constantFrom("", "1", "-1", "11", "%", "1_"),
  }),
);
const chat = fc.record<MemoryOwner>({
  botId: fc.constantFrom("7", "8", "77"),
  chatId: fc.constantFrom("1", "-1", "11", "%", "1_"),
});

test("no way of asking shows or forgets another chat's memory, nor tells what became of it", async () => {
  const { core, database } = await startCore();
  const { memories, memoryNotes } = core;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ owner, pinned: fc.boolean(), isGone: fc.boolean() }), { maxLength: 12 }),
      chat,
      async (kept, asking) => {
        for (const table of [memoryRows, memoryChanges]) database.db.delete(table).run();
        for (const [n, each] of kept.entries()) {
          const { id } = memories.add(
            { ...each.owner, key: `key ${n}`, content: "secret", pinned: each.pinned },
            BY,
          );
          if (each.isGone) memories.remove(id, BY);
        }
        const mayKnow = (memory: MemoryOwner): boolean =>
          memory.chatId === ""
            ? memory.botId === "" || memory.botId === asking.botId
            : memory.botId === asking.botId && memory.chatId === asking.chatId;
        const known = kept.filter((each) => mayKnow(each.owner));
        const there = known.filter(({ isGone }) => !isGone);
        expect(memories.list({ for: asking })).toHaveLength(there.length);
        expect(memories.list({ for: asking }).every(mayKnow)).toBe(true);
        expect(memories.page({ for: asking }, { limit: 200 }).total).toBe(there.length);
        const changes = memories.changes({ for: asking }, 200);
        expect(changes).toHaveLength(known.length + known.filter(({ isGone }) => isGone).length);
        expect(changes.every(({ before, after }) => mayKnow(after ?? before ?? asking))).toBe(true);
        // A mere user of the bot forgets what is their chat's own, and nothing else.
        const { candidates } = memoryNotes.forget(asking, "secret", { ...BY, userId: "5" });
        const own = there.filter(({ owner: of }) => of.chatId !== "");
        expect(candidates).toHaveLength(Math.min(own.length, 10));
        expect(memories.list({})).toHaveLength(
          kept.filter(({ isGone }) => !isGone).length - (own.length === 1 ? 1 : 0),
        );
      },
    ),
    { numRuns: 60 },
  );
});
