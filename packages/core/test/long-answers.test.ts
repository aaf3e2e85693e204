import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
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

  test.each([
    ["a second name of another file", (secret: string, place: string) => linkSync(secret, place)],
    ["a link", (secret: string, place: string) => symlinkSync(secret, place)],
    ["a FIFO", (_: string, place: string) => void execFileSync("mkfifo", [place])],
  ])(
    "is written neither into %s in the place of its file, nor does anybody wait for it",
    async (_, plant) => {
      const secret = join(folder, "secret");
      writeFileSync(secret, "mine");
      const t = await start((turn) => {
        const { running } = t.core.chats.status({ botId: "cli", chatId: "main", threadId: "" });
        mkdirSync(join(folder, "files"), { recursive: true });
        plant(secret, join(folder, "files", `answer-${running?.turnId}.md`));
        turn.delta("x".repeat(MAX_SHOWN_LENGTH + 1));
        turn.end({ text: "" });
      });
      expect((await t.ask("go on")).state).toBe("done");
      expect(kept()).toHaveLength(MAX_SHOWN_LENGTH + 1);
      expect(readFileSync(secret, "utf8")).toBe("mine");
    },
  );

  test("is a file of the chat: listed with its turn, to be had, sent below the answer, and deleted like any other", async () => {
    const long = "q".repeat(MAX_SHOWN_LENGTH + 1);
    const t = await start((turn) => turn.end({ text: long }));
    const phone = t.frontEnd("cli");
    const turnId = t.submit("go on", {}, { deliver: true });
    const turn = await t.core.turns.waitForEnd(turnId);
    const [file] = turn.files;
    expect(turn.files).toMatchObject([
      { direction: "out", path: `files/answer-${turnId}.md`, bytes: long.length },
    ]);
    const address = { botId: "cli", chatId: "main", threadId: "" };
    expect(t.core.files.list(address, 10)).toMatchObject([{ id: file?.id, turnId }]);
    const { handle } = await t.core.files.open(file?.id ?? "");
    expect(await handle.readFile("utf8")).toBe(long);
    await handle.close();
    const sent = phone.events.flatMap((event) => (event.type === "delivery" ? [event.delivery] : []));
    expect(sent).toMatchObject([{ kind: "answer" }, { kind: "file", file: { id: file?.id } }]);
    await t.core.files.remove(file?.id ?? "");
    expect(readdirSync(join(folder, "files"))).toEqual([]);
    expect(t.core.files.list(address, 10)).toEqual([]);
  });

  test("is kept as a file too when its turn breaks off", async () => {
    const long = "b".repeat(MAX_SHOWN_LENGTH + 1);
    const { ask } = await start(async (turn) => {
      turn.delta(long);
      await turn.tool("Bash", { command: "make" });
      turn.session.kill();
    });
    const turn = await ask("go on");
    expect(turn.state).not.toBe("done");
    expect(turn.files).toMatchObject([{ direction: "out", bytes: long.length }]);
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
