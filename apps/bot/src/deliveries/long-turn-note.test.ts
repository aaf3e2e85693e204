import { createSilentLogger } from "@steward/platform/logger";
import { describe, expect, test } from "vitest";
import { deliveryOf, TURN } from "../../test/tiny-steward.ts";
import { createLongTurnNote } from "./long-turn-note.ts";

function start(seenAt: number | null = null) {
  const said: [string, number | null | undefined][] = [];
  const note = createLongTurnNote({
    messenger: {
      say: (_address, { text }, options) => {
        expect(options?.silent).toBeUndefined();
        said.push([text, options?.replyToMessageId]);
        return Promise.resolve(1);
      },
    },
    startedAt: () => seenAt,
    log: createSilentLogger(),
  });
  return { note, said };
}
const ended = { turnId: TURN, createdAt: 100_000, placeholderIds: [9, 10] };

describe("after a turn of more than a minute", () => {
  test("a note rings, below the answer", () => {
    const { note, said } = start(25_000);
    note(deliveryOf(ended));
    expect(said).toEqual([["✅ Done after 1:15.", 9]]);
  });

  test("also when this process has seen nothing of the turn: the API knows when it began", () => {
    const { note, said } = start(null);
    note(deliveryOf({ ...ended, turnStartedAt: 40_000 }));
    expect(said).toEqual([["✅ Done after 1:00.", 9]]);
  });

  test("a failure rings too, and says that it is one", () => {
    const { note, said } = start(0);
    note(deliveryOf({ ...ended, kind: "failure", actions: ["retry"] }));
    expect(said).toEqual([["⚠️ Ended without an answer after 1:40.", 9]]);
  });

  test.each([
    ["a shorter one", { turnStartedAt: 41_000 }],
    ["one that a person stopped", { kind: "failure" as const, actions: [], turnStartedAt: 0 }],
    ["a file", { kind: "file" as const, turnStartedAt: 0 }],
    ["what belongs to no turn", { turnId: null, turnStartedAt: 0 }],
    ["one that never began", { turnStartedAt: null }],
  ])("%s rings not", (_, more) => {
    const { note, said } = start();
    note(deliveryOf({ ...ended, ...more }));
    expect(said).toEqual([]);
  });
});
