import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { getChatSession } from "@steward/contract/chat-history";
import { createParentTie } from "@steward/platform/process";
import type { Bot, TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { Rig } from "../src/rig.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

/** The tool of these tests: leaves a line in the workspace each time it runs. */
const NOTE = 'echo "$1" >> notes.log';
const noteTool = (word: string): string =>
  `TOOL:Bash:${JSON.stringify({ command: `write-note ${word}`, description: "note" })}`;
const UNFINISHED = "restarted while working";

describe("an API that is killed at a named point", () => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let bot: Bot;
  let rig: Rig;
  let chat: TelegramChat;

  beforeAll(async () => {
    const [cli] = cliVersions();
    telegram = await startTelegramRig({ cli: cli?.path ?? "", commands: { "write-note": NOTE } });
    ({ emulator, rig, bot } = telegram);
    chat = await telegram.pair();
  });
  afterAll(() => telegram.close());

  /** Restarts the API armed, sends the prompt and resolves when the API has died of it. */
  const dieAt = async (point: string, prompt: string): Promise<{ id: number }> => {
    await expect.poll(undelivered, { timeout: 10_000 }).toBe(0);
    await rig.api.end("SIGKILL");
    await rig.startApi({ STEWARD_FAILPOINTS: `${point}=kill` });
    const sent = chat.seat.sendText(prompt);
    expect(await rig.api.exited).toBeNull();
    return sent;
  };
  /** Answers on their way: they would pass the point before the prompt does. */
  const undelivered = (): number => {
    const db = new DatabaseSync(join(rig.home, "steward.db"), { readOnly: true });
    try {
      const row = db.prepare("SELECT count(*) AS n FROM deliveries WHERE state = 'pending'").get();
      return Number(row?.n);
    } finally {
      db.close();
    }
  };
  const standing = (text: string) => chat.botTexts().filter((each) => each.includes(text));
  const notes = (word: string): number => {
    const path = join(rig.home, "workspaces", String(bot.id), String(chat.person.id), "notes.log");
    return existsSync(path)
      ? readFileSync(path, "utf8")
          .split("\n")
          .filter((line) => line === word).length
      : 0;
  };
  /** What the person said with this text, and what stands for an answer to it, as the history has it. */
  const history = async (text: string): Promise<string[]> => {
    const rows = await rig.client().call(getChatSession, {
      params: { session_id: `gw-${bot.id}-${chat.person.id}` },
      query: { limit: 2 },
    });
    expect(rows[0]?.content).toContain(text);
    return rows.map(({ role }) => role);
  };
  const timesAsked = (text: string): number =>
    rig.model.requests.filter(({ kind, prompt }) => kind === "turn" && prompt.includes(text)).length;

  describe.each([
    ["row 1: before the update is committed", "inbox.before_commit", 1],
    ["row 2: after that commit", "inbox.after_commit", 1],
    ["row 2: before the bot is answered", "inbox.before_answer", 1],
    ["before the start is committed", "turn.prompt_written", 2],
    ["before the result is committed", "result.before_commit", 2],
    ["row 4: when the result is saved", "result.after_commit", 1],
    ["after the status message is told", "placeholder.after_commit", 2],
    ["before the delivery is settled", "delivery.before_settle", 1],
  ])("%s", (_row, point, mostRuns) => {
    test(`${point}: the prompt is one turn, answered once, asked of the model at most ${mostRuns} times`, async () => {
      const text = `through ${point}`;
      const sent = await dieAt(point, `SLOW:3:20\nSAY:${text}`);
      await rig.startApi();
      await chat.answered(text, sent);
      // Answers stand in order: whatever might double would stand before this one.
      await chat.exchange(`SAY:after ${point}`, `after ${point}`);
      expect(standing(text), emulator.renderTranscript(bot, chat.person)).toHaveLength(1);
      expect(timesAsked(`SAY:${text}`)).toBeLessThanOrEqual(mostRuns);
      expect(await history(`after ${point}`)).toEqual(["user", "assistant"]);
      emulator.assertNoViolations();
    });
  });

  test("row 40: the bot dies with it when the answer stands but nobody knows: the same message is the answer", async () => {
    const text = "known to nobody";
    const sent = await dieAt("delivery.before_settle", `SLOW:3:20\nSAY:${text}`);
    await rig.bot?.end("SIGKILL");
    expect(standing(text)).toHaveLength(1);
    await rig.startApi();
    rig.startBot();
    await chat.answered(text, sent);
    await chat.exchange("SAY:after both", "after both");
    expect(standing(text), emulator.renderTranscript(bot, chat.person)).toHaveLength(1);
    await expect.poll(undelivered, { timeout: 10_000 }).toBe(0);
  });

  test("row 3: mid-answer, with text that is kept: run again when no tool had started", async () => {
    const sent = await dieAt(
      "turn.checkpoint_after_commit",
      "PAD:5000\nSLOW:5:150\nSAY:a long answer, checkpointed",
    );
    await rig.startApi();
    await chat.answered("a long answer, checkpointed", sent);
    await chat.exchange("SAY:after the long one", "after the long one");
    expect(standing("a long answer, checkpointed")).toHaveLength(1);
  });

  test("row 3: mid-answer, after a tool: told as unfinished, with what was said, and not run again", async () => {
    const sent = await dieAt(
      "turn.checkpoint_after_commit",
      `SAY:first I take a note\n${noteTool("kept")}\nPAD:5000\nSLOW:5:150\nSAY:never whole`,
    );
    await rig.startApi();
    const message = await emulator.waitForMessage(
      bot,
      chat.person,
      (each) => each.id > sent.id && each.text.includes(UNFINISHED),
      { timeoutMs: 40_000 },
    );
    expect(message.text).toContain("first I take a note");
    await chat.exchange("SAY:after the unfinished one", "after the unfinished one");
    expect(notes("kept")).toBe(1);
  });

  const isTied = createParentTie().available;
  if (!isTied) console.warn("no setpriv on this machine: a CLI outlives its API here, and may run its tool");
  test.runIf(isTied)(
    "a tool whose start was not written down does not run, and runs once after the restart",
    async () => {
      const sent = await dieAt("tool.before_mark", `${noteTool("unmarked")}\nSAY:noted`);
      // Its CLI ends with it; one that lived on would run the tool now.
      await expect.poll(() => rig.cliProcesses().length, { timeout: 20_000 }).toBe(0);
      expect(notes("unmarked")).toBe(0);
      await rig.startApi();
      await chat.answered("noted", sent);
      expect(notes("unmarked")).toBe(1);
    },
  );

  test("a tool whose start was written down is not run a second time", async () => {
    const sent = await dieAt("tool.after_mark", `${noteTool("marked")}\nSAY:never said`);
    await rig.startApi();
    await emulator.waitForMessage(
      bot,
      chat.person,
      (each) => each.id > sent.id && each.text.includes(UNFINISHED),
      { timeoutMs: 40_000 },
    );
    expect(notes("marked")).toBeLessThanOrEqual(1);
    expect(standing("never said")).toEqual([]);
  });
});
