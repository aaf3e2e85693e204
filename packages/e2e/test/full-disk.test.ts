import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ApiError } from "@steward/client/api-error";
import { readyz } from "@steward/contract/health";
import { type Bot, startTelegramEmulator, type TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { type Rig, startRig } from "../src/rig.ts";
import { mountSmallDisk, type SmallDisk } from "../src/small-disk.ts";
import { pairPerson, type TelegramChat } from "../src/telegram-chat.ts";

const DISK_MB = 24;
const canMount = (() => {
  const disk = mountSmallDisk(1);
  disk?.unmount();
  return disk !== null;
})();
if (!canMount) console.warn("nothing can be mounted here: the whole service is not tried on a full disk");

describe.runIf(canMount)("a Steward whose data lies on a small disk", () => {
  let disk: SmallDisk;
  let emulator: TelegramEmulator;
  let bot: Bot;
  let rig: Rig;
  let ada: TelegramChat;

  beforeAll(async () => {
    const mounted = mountSmallDisk(DISK_MB);
    if (mounted === null) throw new Error("it could be mounted a moment ago");
    disk = mounted;
    const [cli] = cliVersions();
    emulator = await startTelegramEmulator();
    bot = emulator.addBot();
    rig = await startRig({
      cli: cli?.path ?? "",
      telegram: { url: emulator.url, tokens: [bot.token] },
      apiEnv: {
        DATABASE_PATH: join(disk.path, "steward.db"),
        GATEWAY_SESSION_DIR: join(disk.path, "workspaces"),
        // The floor would refuse long before the disk does.
        STEWARD_MIN_FREE_DISK_MB: "0",
      },
    });
    ada = await pairPerson(rig, emulator, bot, emulator.user({ first_name: "Ada" }));
  });
  afterAll(async () => {
    if (process.env.SHOW_TRANSCRIPTS) console.log(emulator.renderTranscript());
    disk.free();
    await rig.close();
    await emulator.close();
    disk.unmount();
  });

  const readiness = (): Promise<string | number> =>
    rig
      .client()
      .call(readyz)
      .then(
        ({ status }) => status,
        (error: unknown) => (error instanceof ApiError ? error.status : String(error)),
      );
  /** The room that the database's log keeps for itself is given back, so that the disk's end is its end. */
  const cutLog = (): void => {
    const database = new DatabaseSync(join(disk.path, "steward.db"));
    expect(database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()).toMatchObject({ busy: 0 });
    database.close();
  };

  test("row 26: what is written while the disk is full stays with Telegram, and each is answered once, in order, when there is room", async () => {
    await ada.exchange("SAY:before it is full", "before it is full");
    await emulator.waitFor(() => emulator.pendingUpdates(bot).length === 0, { timeoutMs: 20_000 });
    cutLog();
    disk.fill();
    const first = ada.seat.sendText("SAY:the first of two");
    // A minute apart: what a person sends in one go is one turn.
    const second = ada.seat.sendText("SAY:the second of two", {
      extra: { date: Math.floor(Date.now() / 1_000) + 60 },
    });
    await expect.poll(readiness, { timeout: 20_000 }).toBe(503);
    await expect.poll(() => rig.api.output(), { timeout: 20_000 }).toContain('"status":507');
    // The bot has not moved its place: nothing of them is confirmed.
    expect(emulator.pendingUpdates(bot)).toHaveLength(2);
    expect(ada.botTexts().join("\n")).not.toContain("of two");

    disk.free();
    await ada.answered("the first of two", first);
    await ada.answered("the second of two", second);
    const answers = ada.botTexts().filter((text) => text.includes("of two"));
    expect(answers, emulator.renderTranscript(bot, ada.person)).toEqual([
      expect.stringContaining("the first of two"),
      expect.stringContaining("the second of two"),
    ]);
    await expect.poll(readiness, { timeout: 20_000 }).toBe("ready");
    expect(emulator.pendingUpdates(bot)).toEqual([]);
    expect([rig.api.running(), rig.bot?.running()]).toEqual([true, true]);
  });

  test("row 48: an upload that the disk ends is refused and leaves nothing; a smaller one is taken", async () => {
    const files = join(disk.path, "workspaces", "cli", "main", "files");
    const upload = (bytes: number, key: string) =>
      fetch(`${rig.url}/api/v1/files?botId=cli&chatId=main&name=a.bin`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${rig.token()}`,
          "content-type": "application/octet-stream",
          "idempotency-key": key,
        },
        body: Buffer.alloc(bytes, 7),
      });
    disk.fill(2 * 1_048_576);
    const refused = await upload(8 * 1_048_576, "large");
    expect([refused.status, await refused.json()]).toMatchObject([507, { code: "storage_full" }]);
    expect(existsSync(files) ? readdirSync(files) : []).toEqual([]);
    expect((await upload(100_000, "small")).status).toBe(201);
    expect(readdirSync(files)).toHaveLength(1);
    disk.free();
    // The refused one is no other file than it was: its key is still its own.
    expect((await upload(8 * 1_048_576, "large")).status).toBe(201);
  });
});
