import { submitTurn } from "@steward/contract/turns";
import { FAILPOINTS } from "@steward/platform/failpoint-names";
import { startTelegramEmulator } from "@steward/testkit/telegram";
import { expect, onTestFinished, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { startRig } from "../src/rig.ts";
import { pairPerson } from "../src/telegram-chat.ts";

const TRACE = { STEWARD_FAILPOINTS: "*=trace" };

test("one conversation and one restart pass every failpoint there is", async () => {
  const [cli] = cliVersions();
  const emulator = await startTelegramEmulator();
  const bot = emulator.addBot();
  const telegram = { url: emulator.url, tokens: [bot.token] };
  const rig = await startRig({ cli: cli?.path ?? "", apiEnv: TRACE, telegram });
  onTestFinished(async () => {
    await rig.close();
    await emulator.close();
  });
  const chat = await pairPerson(rig, emulator, bot, emulator.user());
  // Long enough to be checkpointed, with a tool that the person's own settings allow.
  await chat.exchange(
    'PAD:5000\nTOOL:Bash:{"command":"tail -c 3 /dev/null","description":"look"}\nSAY:done with it',
    "done with it",
  );
  await rig.client().call(submitTurn, {
    headers: { "idempotency-key": "1" },
    body: { botId: "web", chatId: "1", text: "GATE:never\nSAY:never\nSAY:never" },
  });
  await rig.model.held("never");
  const [cliProcess] = rig.cliProcesses();
  process.kill(cliProcess?.pid ?? 0, "SIGKILL");
  await rig.api.printed("failpoint session.exit");
  const before = rig.api.output();
  await rig.api.end("SIGKILL");
  await rig.startApi();

  const passed = new Set(
    [...`${before}${rig.api.output()}`.matchAll(/^failpoint (\S+)$/gm)].map(([, name]) => name),
  );
  expect(FAILPOINTS.filter((name) => !passed.has(name))).toEqual([]);
});
