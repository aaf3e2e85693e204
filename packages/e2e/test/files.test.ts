import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listFiles } from "@steward/contract/files";
import { setPolicy } from "@steward/contract/policies";
import { addProject, chooseProject } from "@steward/contract/projects";
import { getTurn, submitTurn } from "@steward/contract/turns";
import type { Bot, TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { CLI_ENTRY, type Rig } from "../src/rig.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
/** A whole turn of the real CLI with a tool, on a machine that may be busy. */
const PATIENCE = { timeoutMs: 40_000 };

describe.each(cliVersions())("files on the $name", ({ path }) => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let bot: Bot;
  let rig: Rig;
  let ada: TelegramChat;

  beforeAll(async () => {
    telegram = await startTelegramRig({ cli: path });
    ({ emulator, rig, bot } = telegram);
    ada = await telegram.pair();
    await rig.client().call(setPolicy, { body: { name: "permissionMode", value: "acceptEdits" } });
  });
  afterEach(() => emulator.faults.clear());
  afterAll(() => telegram.close());

  const outbox = (name: string) =>
    join(rig.home, "workspaces", String(bot.id), String(ada.person.id), "outbox", name);
  /** The prompt that has the agent write a file into its outbox. */
  const writes = (name: string, content: string, answer: string) =>
    `TOOL:Write:${JSON.stringify({ file_path: outbox(name), content })}\nSAY:${answer}`;
  const documents = () =>
    emulator
      .transcript(bot, ada.person)
      .messages.flatMap(({ media, text }) =>
        media ? [{ kind: media.kind, text, content: media.files[0]?.data?.toString() }] : [],
      );
  const named = (content: string) => documents().filter((each) => each.content === content);

  test("a file in the outbox arrives as one document, with its bytes, below the answer", async () => {
    await ada.exchange(
      writes("report.txt", "the whole report\n", "here is your report"),
      "here is your report",
    );
    await emulator.waitFor(() => named("the whole report\n").length > 0, PATIENCE);
    // Nothing more comes of the next turn.
    await ada.exchange("SAY:thanks to you", "thanks to you");
    expect(named("the whole report\n")).toEqual([
      { kind: "document", text: "", content: "the whole report\n" },
    ]);
    const order = emulator.transcript(bot, ada.person).visible.filter(({ from }) => from.kind === "bot");
    const answer = order.findIndex(({ text }) => text.includes("here is your report"));
    expect(order[answer + 1]?.media?.kind).toBe("document");
    const [sent] = await rig.client().call(listFiles, {
      query: { botId: String(bot.id), chatId: String(ada.person.id) },
    });
    expect(sent).toMatchObject({
      direction: "out",
      name: "report.txt",
      sha256: createHash("sha256").update("the whole report\n").digest("hex"),
    });
    emulator.assertNoViolations();
  });

  test("one that Telegram took without saying so is asked about, and sent again only on request", async () => {
    emulator.faults.next({ kind: "disconnect-after-accept", method: "sendDocument" });
    ada.seat.sendText(writes("once.txt", "only once", "sent it"));
    const question = await emulator.waitForMessage(
      bot,
      ada.person,
      ({ text }) => text.includes("cannot tell whether once.txt"),
      PATIENCE,
    );
    await ada.exchange("SAY:still only one", "still only one");
    expect(named("only once")).toHaveLength(1);
    ada.seat.pressButton(question, "📎 Send again");
    await emulator.waitFor(() => named("only once").length === 2, PATIENCE);
    await ada.exchange("SAY:now two", "now two");
    expect(named("only once")).toHaveLength(2);
    emulator.assertNoViolations();
  });

  test("a bot that is killed while it sends leaves the question to the person", async () => {
    const hung = emulator.faults.next({ kind: "hang-after-accept", method: "sendDocument" });
    ada.seat.sendText(writes("killed.txt", "sent by a dead bot", "on its way"));
    await emulator.waitFor(() => hung.struck === 1, PATIENCE);
    await rig.bot?.end("SIGKILL");
    rig.startBot();
    await emulator.waitForMessage(
      bot,
      ada.person,
      ({ text }) => text.includes("cannot tell whether killed.txt"),
      PATIENCE,
    );
    expect(named("sent by a dead bot")).toHaveLength(1);
  });

  test("a conversation in a project reaches its chat's own folders", async () => {
    const project = mkdtempSync(join(tmpdir(), "steward-e2e-project-"));
    const chat = { botId: "cli", chatId: "project", threadId: "" };
    try {
      const client = rig.client();
      await client.call(addProject, { body: { path: project, name: "files" } });
      await client.call(chooseProject, { body: { ...chat, project: "files" } });
      const file_path = join(rig.home, "workspaces", "cli", "project", "outbox", "from-project.txt");
      const { turnId } = await client.call(submitTurn, {
        headers: { "idempotency-key": "project" },
        body: {
          ...chat,
          source: "cli",
          text: `TOOL:Write:${JSON.stringify({ file_path, content: "there" })}\nSAY:ok`,
        },
      });
      const ended = async () => (await client.call(getTurn, { params: { turnId } })).files;
      await expect
        .poll(async () => (await ended()).map(({ name }) => name), { timeout: 40_000 })
        .toEqual(["from-project.txt"]);
      expect(readdirSync(project)).not.toContain("outbox");
    } finally {
      rmSync(project, { recursive: true });
    }
  });

  test("a picture and a text from the terminal reach the model, the one shown, the other named", async () => {
    const folder = mkdtempSync(join(tmpdir(), "steward-e2e-files-"));
    try {
      writeFileSync(join(folder, "pixel.png"), PNG);
      writeFileSync(join(folder, "notes.txt"), "some notes");
      const files = ["--file", join(folder, "pixel.png"), "--file", join(folder, "notes.txt")];
      const steward = spawn(process.execPath, [CLI_ENTRY, "chat", ...files, "SAY:I have seen both"], {
        env: rig.env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      let out = "";
      let notes = "";
      steward.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text;
      });
      steward.stderr.setEncoding("utf8").on("data", (text: string) => {
        notes += text;
      });
      const [code] = await once(steward, "close");
      expect({ code, out: out.trim() }, notes).toEqual({ code: 0, out: "I have seen both" });
      expect(notes).toContain("📎 Sent along: pixel.png → files/");
      const asked = rig.model.requests.find(
        ({ kind, prompt }) => kind === "turn" && prompt.includes("I have seen both"),
      );
      const body = JSON.stringify(asked?.request?.messages);
      expect(body).toContain('{"type":"other","kind":"image"}');
      expect(asked?.body).toContain(PNG.toString("base64"));
      expect(body).toMatch(/- files\/\d{8}-\d{6}_pixel\.png \(image\/png, \d+ bytes\)/);
      expect(body).toMatch(/- files\/\d{8}-\d{6}_notes\.txt \(text\/plain, 10 bytes\)/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
