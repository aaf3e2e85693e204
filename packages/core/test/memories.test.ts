import { DomainError } from "@steward/contract/errors";
import { MEMORY_LIMITS } from "@steward/contract/memory-limits";
import { createFakeClock } from "@steward/platform/clock";
import { searchQueue } from "@steward/schema/tables";
import { beforeEach, describe, expect, test } from "vitest";
import type { MemoryAuthor, MemoryService, NewMemory } from "../src/memory/memory-service.ts";
import { startCore, type TestCore } from "./test-core.ts";

const ADA: MemoryAuthor = { origin: "person", userId: "1", userName: "Ada", turnId: "t1", messageId: 9 };
const AGENT: MemoryAuthor = { origin: "agent", userId: null, userName: null, turnId: "t2", messageId: null };
const CHAT = { botId: "7", chatId: "42" };
const BOT = { botId: "7", chatId: "" };
const SHARED = { botId: "", chatId: "" };

let t: TestCore;
let memories: MemoryService;
beforeEach(async () => {
  t = await startCore();
  memories = t.core.memories;
});
const add = (key: string, content = `of ${key}`, more: Partial<NewMemory> = {}, author = ADA) =>
  memories.add({ ...CHAT, key, content, ...more }, author);
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return "done";
};
const lastChange = (id: number) => memories.history(id)[0]?.id ?? 0;
const queued = () =>
  t.database.db
    .select()
    .from(searchQueue)
    .all()
    .filter(({ kind }) => kind === "memory")
    .map(({ ref, revision }) => [ref, revision]);

describe("a memory", () => {
  test("says where it comes from, and keeps each change whole", () => {
    const made = add("port", "8080");
    expect(made).toMatchObject({
      ...{ category: "general", state: "accepted", origin: "person", pinned: false, expiresAt: null },
      ...{ sourceMessageId: 9, sourceTurnId: "t1", sourceUserId: "1", sourceUserName: "Ada" },
    });
    const changed = memories.update(made.id, { content: "9090" }, AGENT);
    expect(changed).toMatchObject({
      content: "9090",
      origin: "agent",
      sourceTurnId: "t2",
      sourceUserId: null,
    });
    const gone = memories.remove(made.id, ADA);
    expect(gone).toMatchObject({ action: "deleted", before: { content: "9090" }, after: null });
    expect(memories.find(made.id)).toBeNull();
    expect(memories.history(made.id)).toMatchObject([
      { action: "deleted", origin: "person", userId: "1", before: changed, after: null },
      { action: "updated", origin: "agent", turnId: "t2", before: made, after: changed },
      { action: "created", before: null, after: made },
    ]);
  });

  test("pinning and a date leave its source as it is; what changes nothing is no change", () => {
    const made = add("port");
    expect(memories.update(made.id, { pinned: true, expiresAt: 5 }, AGENT)).toMatchObject({
      ...{ pinned: true, expiresAt: 5, sourceTurnId: "t1" },
    });
    memories.update(made.id, { pinned: true, content: " of port " }, AGENT);
    expect(memories.history(made.id)).toHaveLength(2);
  });

  test("that somebody else has changed is not overwritten, even within the same millisecond", () => {
    const made = add("port");
    memories.update(made.id, { content: "a", expectedUpdatedAt: made.updatedAt }, ADA);
    expect(
      refusal(() => memories.update(made.id, { content: "b", expectedUpdatedAt: made.updatedAt }, AGENT)),
    ).toBe("memory_changed");
    expect(memories.find(made.id)?.content).toBe("a");
  });

  test.each([
    ["no key", { key: "  " }],
    ["a long key", { key: "k".repeat(MEMORY_LIMITS.key + 1) }],
    ["no content", { content: "" }],
    ["long content", { content: "c".repeat(MEMORY_LIMITS.content + 1) }],
    ["a long category", { category: "c".repeat(MEMORY_LIMITS.category + 1) }],
  ])("with %s is refused", (_, wrong) => {
    expect(refusal(() => add("key", "content", wrong))).toBe("validation_failed");
    const made = add("key");
    expect(refusal(() => memories.update(made.id, wrong, ADA))).toBe("validation_failed");
  });

  test("of a bot that has too many is refused, until one is forgotten", () => {
    const now = t.clock.now();
    const insert = t.database.sqlite.prepare(
      "insert into memories (bot_id, chat_id, key, content, origin, created_at, updated_at) values ('7', ?, ?, 'c', 'import', ?, ?)",
    );
    t.database.write(() => {
      for (let n = 0; n < MEMORY_LIMITS.perBot; n++) insert.run(String(n % 3), `k${n}`, now, now);
    });
    expect(refusal(() => add("one more"))).toBe("memory_full");
    expect(refusal(() => add("of another bot", "c", { botId: "8" }))).toBe("done");
    const [any] = memories.list({ of: { botId: "7", chatId: "1" } });
    memories.remove(any?.id ?? 0, ADA);
    expect(refusal(() => add("one more"))).toBe("done");
  });

  test("may hold what looks like SQL, emoji alone, and broken Unicode", () => {
    for (const key of ["'; drop table memories; --", "🧠", "a\ud800b", "%", "键"]) {
      expect(add(key, key).content).toBe(Buffer.from(key).toString());
    }
    expect(refusal(() => add("a\udc00b"))).toBe("memory_exists");
  });
});

describe("a key", () => {
  test("is there once for each bot, each chat, and everybody", () => {
    for (const owner of [CHAT, { botId: "8", chatId: "42" }, { botId: "7", chatId: "43" }, BOT, SHARED]) {
      expect(add("port", "8080", owner)).toMatchObject(owner);
    }
    const taken = memories.list({ of: CHAT })[0];
    expect(() => add("port", "9090")).toThrowError(
      expect.objectContaining({
        code: "memory_exists",
        message: "Memory with key 'port' already exists",
        params: { key: "port", id: taken?.id },
      }),
    );
    const other = add("host");
    expect(refusal(() => memories.update(other.id, { key: "port" }, ADA))).toBe("memory_exists");
  });

  test("that is taken leaves nothing open: the next write, from anywhere, works at once", () => {
    add("port");
    expect(refusal(() => add("port"))).toBe("memory_exists");
    const made = add("host");
    expect(refusal(() => memories.update(made.id, { key: "port" }, ADA))).toBe("memory_exists");
    expect(t.database.sqlite.inTransaction).toBe(false);
    t.core.settings.audit("test", "written", "", "");
    expect(memories.history(made.id)).toHaveLength(1);
    expect(memories.list({ for: CHAT })).toHaveLength(2);
  });

  test("of a proposal may be taken: both are there until a person decides", () => {
    const old = add("port", "8080");
    const proposal = add("port", "9090", { state: "proposed" }, AGENT);
    expect(memories.list({ for: CHAT }).map(({ content, state }) => [content, state])).toEqual([
      ["9090", "proposed"],
      ["8080", "accepted"],
    ]);
    t.clock.stepWallClock(5);
    expect(memories.accept(proposal.id, ADA)).toMatchObject({ content: "9090", state: "accepted" });
    expect(memories.find(old.id)).toBeNull();
    expect(memories.history(old.id)[0]?.action).toBe("deleted");
    // Undone, the one that gave way is back.
    memories.undo(lastChange(proposal.id), ADA);
    expect(
      memories
        .list({ for: CHAT })
        .map(({ content, state }) => [content, state])
        .sort(),
    ).toEqual([
      ["8080", "accepted"],
      ["9090", "proposed"],
    ]);
    expect(memories.remove(proposal.id, ADA)?.action).toBe("rejected");
    expect(memories.accept(old.id, ADA).content).toBe("8080");
  });
});

describe("undo", () => {
  test("of an accepting brings back what gave way, however long the accepting took", async () => {
    const clock = createFakeClock();
    const now = (): number => {
      clock.stepWallClock(1);
      return clock.now();
    };
    memories = (await startCore({ clock: { ...clock, now } })).core.memories;
    const old = add("port", "8080");
    const proposal = add("port", "9090", { state: "proposed" }, AGENT);
    memories.accept(proposal.id, ADA);
    memories.undo(lastChange(proposal.id), ADA);
    expect(memories.find(old.id)?.content).toBe("8080");
    expect(memories.find(proposal.id)?.state).toBe("proposed");
  });

  test("takes back making, changing and forgetting, and itself", () => {
    const { id } = add("port", "8080");
    memories.update(id, { content: "9090", pinned: true }, AGENT);
    expect(memories.undo(lastChange(id), ADA)).toMatchObject({
      ...{ content: "8080", pinned: false, sourceTurnId: "t1" },
    });
    expect(memories.undo(lastChange(id), ADA)).toMatchObject({ content: "9090", pinned: true });
    memories.remove(id, ADA);
    expect(memories.undo(lastChange(id), ADA)).toMatchObject({ id, content: "9090" });
    const [created] = memories.history(id).slice(-1);
    memories.undo(memories.history(id).find(({ action }) => action === "updated")?.id ?? 0, ADA);
    expect(memories.undo(created?.id ?? 0, ADA)).toBeNull();
    expect(memories.find(id)).toBeNull();
    expect(memories.undo(lastChange(id), ADA)).toMatchObject({ id, content: "8080" });
  });

  test("is refused once, and as long as, something newer stands on it", () => {
    const { id } = add("port", "8080");
    const created = lastChange(id);
    memories.update(id, { content: "9090" }, ADA);
    const updated = lastChange(id);
    expect(refusal(() => memories.undo(created, ADA))).toBe("memory_changed");
    memories.undo(updated, ADA);
    expect(refusal(() => memories.undo(updated, ADA))).toBe("memory_changed");
    expect(memories.undo(created, ADA)).toBeNull();
    expect(refusal(() => memories.undo(4_711, ADA))).toBe("memory_not_found");
  });

  test("of forgetting is refused when the key was taken since", () => {
    const { id } = add("port", "8080");
    memories.remove(id, ADA);
    add("port", "9090");
    expect(refusal(() => memories.undo(lastChange(id), ADA))).toBe("memory_exists");
    expect(memories.find(id)).toBeNull();
    expect(memories.history(id)).toHaveLength(2);
  });
});

describe("what is searched", () => {
  test("is behind after each change of key and content, so that nothing is found by its old words", () => {
    const { id } = add("port", "8080");
    expect(queued()).toEqual([[id, 1]]);
    memories.update(id, { content: "9090" }, ADA);
    memories.update(id, { key: "ports" }, ADA);
    expect(queued()).toEqual([[id, 3]]);
    memories.update(id, { pinned: true }, ADA);
    expect(queued()).toEqual([[id, 3]]);
    memories.remove(id, ADA);
    memories.undo(lastChange(id), ADA);
    expect(queued()).toEqual([[id, 5]]);
  });
});

describe("lists", () => {
  test("of a chat are its own, its bot's and everybody's, and no other chat's", () => {
    for (const owner of [CHAT, BOT, SHARED, { botId: "7", chatId: "43" }, { botId: "8", chatId: "" }]) {
      const memory = add(`${owner.botId}/${owner.chatId}`, "c", owner);
      expect(memories.isFor(memory, CHAT)).toBe([CHAT, BOT, SHARED].includes(owner));
    }
    const keys = (of: { key: string }[]) => of.map(({ key }) => key).sort();
    expect(keys(memories.list({ for: CHAT }))).toEqual(["/", "7/", "7/42"]);
    expect(keys(memories.list({ of: BOT }))).toEqual(["7/"]);
    expect(
      memories
        .changes({ for: CHAT }, 10)
        .map(({ after }) => after?.key)
        .sort(),
    ).toEqual([...["/", "7/", "7/42"]]);
    expect(memories.changes({ of: { botId: "8", chatId: "" } }, 10)).toHaveLength(1);
  });

  test("leave out what has expired, and come in pages, pinned ones first", () => {
    for (let n = 0; n < 7; n++) {
      add(`k${n}`, "c", { pinned: n === 2, expiresAt: n === 3 ? t.clock.now() + 10 : null });
      t.clock.stepWallClock(1);
    }
    const read = (limit: number): string[][] => {
      const pages: string[][] = [];
      for (let after: string | undefined; ; ) {
        const page = memories.page({ for: CHAT }, { limit, ...(after !== undefined && { after }) });
        pages.push(page.memories.map(({ key }) => key));
        if (page.next === null) return pages;
        after = page.next;
      }
    };
    expect(read(3)).toEqual([["k2", "k6", "k5"], ["k4", "k3", "k1"], ["k0"]]);
    t.clock.stepWallClock(10);
    expect(read(10)).toEqual([["k2", "k6", "k5", "k4", "k1", "k0"]]);
    expect(memories.page({ for: CHAT }, { limit: 2, offset: 4 })).toMatchObject({
      ...{ total: 6, next: null, memories: [{ key: "k1" }, { key: "k0" }] },
    });
    expect(refusal(() => memories.page({ for: CHAT }, { limit: 2, after: "1.x" }))).toBe("validation_failed");
  });
});

describe("what is over", () => {
  const DAY_MS = 86_400_000;
  const after = async (days: number) => {
    t.clock.stepWallClock(days * DAY_MS);
    await t.core.housekeeping.dropOld();
  };

  test("goes thirty days after it expired, and can be brought back until it is dropped from the history", async () => {
    const { id } = add("port", "8080", { expiresAt: t.clock.now() });
    const kept = add("host");
    await after(29);
    expect(memories.find(id)?.key).toBe("port");
    await after(2);
    expect(memories.find(id)).toBeNull();
    expect(memories.history(id)[0]).toMatchObject({ action: "deleted", origin: "housekeeping" });
    expect(memories.undo(lastChange(id), ADA)?.key).toBe("port");
    await after(1);
    await after(31);
    expect(memories.history(id)).toEqual([]);
    expect(memories.history(kept.id)).toHaveLength(1);
    await after(400);
    expect(memories.history(kept.id)).toEqual([]);
    expect(memories.find(kept.id)?.key).toBe("host");
  });
});

describe("a group that moves", () => {
  test("takes its memories along with their history; a key that both have is numbered, and nothing is lost", () => {
    const move = { fromChatId: "42", toChatId: "-1005" };
    const moved = add("port", "old");
    memories.update(moved.id, { content: "8080" }, ADA);
    const clash = add("host", "a");
    const there = memories.add({ botId: "7", chatId: "-1005", key: "host", content: "b" }, ADA);
    memories.add({ botId: "7", chatId: "-1005", key: "host (2)", content: "c" }, ADA);
    const otherBots = memories.add({ botId: "8", chatId: "42", key: "host", content: "d" }, ADA);
    for (let again = 0; again < 2; again++) t.core.chatMoves.moveNow("7", move);

    const target = { botId: "7", chatId: "-1005" };
    expect(memories.list({ of: CHAT })).toEqual([]);
    expect(
      memories
        .list({ of: target })
        .map(({ key, content }) => `${key}=${content}`)
        .sort(),
    ).toEqual([...["host (2)=c", "host (3)=a", "host=b", "port=8080"]]);
    expect(memories.find(otherBots.id)?.chatId).toBe("42");
    expect(memories.find(there.id)?.content).toBe("b");
    expect(memories.history(clash.id)[0]).toMatchObject({ action: "updated", origin: "housekeeping" });
    expect(memories.undo(lastChange(moved.id), ADA)).toMatchObject({ ...target, content: "old" });
    expect(refusal(() => memories.undo(lastChange(clash.id), ADA))).toBe("memory_exists");
  });
});
