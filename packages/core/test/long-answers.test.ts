import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFakeCliDriver, type FakeScript } from "@steward/claude/fake-cli-driver";
import { turnEvents } from "@steward/schema/tables";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_SHOWN_LENGTH } from "../src/answers/answer-text.ts";
import { startCore } from "./test-core.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "steward-answers-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (script: FakeScript) =>
  startCore({
    driver: createFakeCliDriver({ script }),
    workspaces: { ensure: () => folder, pathOf: () => folder, exists: () => true, locate: () => null },
  });
const kept = (): string => {
  const [name = ""] = readdirSync(join(folder, "files"));
  return readFileSync(join(folder, "files", name), "utf8");
};

describe("row 14: an answer that is too long for a chat", () => {
  test("is shown as far as it goes, says so, and stands whole in a file", async () => {
    const pieces = Array.from({ length: 5_000 }, (_, index) => `${index} ${"中😀é".repeat(20)}\n`);
    const { ask, core } = await start((turn) => {
      for (const piece of pieces) turn.delta(piece);
      turn.end({ text: "" });
    });
    const turn = await ask("go on");
    expect(turn.state).toBe("done");
    const whole = pieces.join("");
    expect(kept()).toBe(whole);
    const [shown = "", notice] = turn.text.split("\n\n✂️");
    expect(whole.startsWith(shown)).toBe(true);
    expect(shown.length).toBeGreaterThan(MAX_SHOWN_LENGTH - 2);
    expect(Buffer.from(shown).toString()).toBe(shown);
    expect(notice).toContain(`files/answer-${turn.id}.md`);
    expect(statSync(join(folder, "files", `answer-${turn.id}.md`)).mode & 0o777).toBe(0o600);
    const history = core.history.messages("gw-cli-main", 1);
    expect(history?.at(-1)?.content.length).toBeLessThan(MAX_SHOWN_LENGTH + 500);
  });

  test("that fits leaves no file", async () => {
    const { ask } = await start((turn) => {
      turn.delta("x".repeat(MAX_SHOWN_LENGTH));
      turn.answer("x".repeat(MAX_SHOWN_LENGTH));
    });
    expect((await ask("go on")).text).toHaveLength(MAX_SHOWN_LENGTH);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("keeps blocks apart, and a whole block in the place of its pieces, in the file too", async () => {
    const long = "y".repeat(MAX_SHOWN_LENGTH);
    const { ask } = await start((turn) => {
      turn.delta("first");
      turn.emit({ type: "assistant_text", text: "first", messageId: "1", parentToolUseId: null });
      turn.delta(long);
      turn.delta("a broken attempt \ud83d");
      turn.emit({ type: "assistant_text", text: `${long} whole 😀`, messageId: "2", parentToolUseId: null });
      turn.delta("last \ud83d");
      turn.delta("\ude00");
      turn.answer("last 😀");
    });
    expect((await ask("go on")).text).toContain("last 😀\n\n✂️");
    expect(kept()).toBe(`first\n\n${long} whole 😀\n\nlast 😀`);
  });

  test("comes at once with the result", async () => {
    const { ask } = await start((turn) => turn.end({ text: "z".repeat(MAX_SHOWN_LENGTH + 1) }));
    expect((await ask("go on")).text).toContain("✂️");
    expect(kept()).toHaveLength(MAX_SHOWN_LENGTH + 1);
  });

  test("is not written through a link that was planted, and the turn ends all the same", async () => {
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(folder, "files"));
    const { ask } = await start((turn) => {
      turn.delta("x".repeat(MAX_SHOWN_LENGTH + 1));
      turn.end({ text: "" });
    });
    const turn = await ask("go on");
    expect(turn.state).toBe("done");
    expect(turn.text).toMatch(/could not be kept \((ELOOP|ENOTDIR|EEXIST)\)/);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test("of 100 MB grows the memory by less than 64 MB, and neither log nor history by more than is shown", async () => {
    const piece = "f".repeat(8_192);
    const pieces = 12_800;
    let peak = 0;
    const { ask, database } = await start((turn) => {
      for (let sent = 0; sent < pieces; sent++) {
        turn.delta(piece);
        if (sent % 256 === 0) peak = Math.max(peak, process.memoryUsage.rss());
      }
      turn.end({ text: "" });
    });
    const before = process.memoryUsage.rss();
    const turn = await ask("go on");
    expect(turn.text.length).toBeLessThan(MAX_SHOWN_LENGTH + 500);
    expect(statSync(join(folder, "files", `answer-${turn.id}.md`)).size).toBe(pieces * piece.length);
    expect(peak - before).toBeLessThan(64 * 1_048_576);
    const log = database.db
      .select({ body: turnEvents.body })
      .from(turnEvents)
      .where(eq(turnEvents.turnId, turn.id))
      .all();
    const logged = log.reduce((sum, { body }) => sum + body.length, 0);
    expect(logged).toBeLessThan(3 * MAX_SHOWN_LENGTH);
  }, 60_000);
});
