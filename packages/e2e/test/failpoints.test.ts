import { archiveChat } from "@steward/contract/archives";
import { getChatStatus } from "@steward/contract/chats";
import { submitTurn } from "@steward/contract/turns";
import { FAILPOINTS } from "@steward/platform/failpoint-names";
import { expect, onTestFinished, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { startTelegramRig } from "../src/telegram-rig.ts";

const TRACE = { STEWARD_FAILPOINTS: "*=trace" };

test("one conversation and one restart pass every failpoint there is", async () => {
  const [cli] = cliVersions();
  const { rig, bot, pair, close } = await startTelegramRig({ cli: cli?.path ?? "", apiEnv: TRACE });
  onTestFinished(close);
  const chat = await pair();
  // Long enough to be checkpointed, with a tool that the person's own settings allow.
  await chat.exchange(
    'PAD:5000\nTOOL:Bash:{"command":"tail -c 3 nothing-yet.log","description":"look"}\nSAY:done with it',
    "done with it",
  );
  // Packed away and brought back by the next message.
  const address = { botId: String(bot.id), chatId: String(chat.person.id) };
  await expect
    .poll(
      () =>
        rig
          .client()
          .call(archiveChat, { body: address })
          .catch(() => null),
      { timeout: 10_000 },
    )
    .toMatchObject({ archive: { files: 1 } });
  await chat.exchange("SAY:unpacked again", "unpacked again");
  await rig.client().call(submitTurn, {
    headers: { "idempotency-key": "1" },
    body: { botId: "web", chatId: "1", text: "GATE:never\nSAY:never\nSAY:never" },
  });
  await rig.model.held("never");
  // Of the chat that rests: the other one's turn is to be running when the service goes down.
  const { session } = await rig.client().call(getChatStatus, { query: address });
  process.kill(session.pid ?? 0, "SIGKILL");
  await rig.api.printed("failpoint session.exit");
  const before = rig.api.output();
  await rig.api.end("SIGKILL");
  await rig.startApi();

  const passed = new Set(
    [...`${before}${rig.api.output()}`.matchAll(/^failpoint (\S+)$/gm)].map(([, name]) => name),
  );
  expect(FAILPOINTS.filter((name) => !passed.has(name))).toEqual([]);
});
