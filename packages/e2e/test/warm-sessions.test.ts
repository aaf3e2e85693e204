import { randomUUID } from "node:crypto";
import { getChatStatus } from "@steward/contract/chats";
import { getTurn, submitTurn, type Turn, turnEvents } from "@steward/contract/turns";
import { expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { type Rig, startRig } from "../src/rig.ts";

const CHATS = ["ada", "bo", "cy", "di", "ed", "flo"];

/** Sends a prompt to a chat and resolves with the ended turn. */
async function ask(rig: Rig, chatId: string, text: string): Promise<Turn> {
  const client = rig.client();
  const { turnId } = await client.call(submitTurn, {
    headers: { "idempotency-key": randomUUID() },
    body: { botId: "warm", chatId, threadId: "", text, source: "cli" },
  });
  for await (const _ of client.streamEvents(turnEvents, { params: { turnId } }));
  return await client.call(getTurn, { params: { turnId } });
}

const status = async (rig: Rig, chatId: string) =>
  (await rig.client().call(getChatStatus, { query: { botId: "warm", chatId, threadId: "" } })).session;

/** Each chat remembers its own words, and nobody else's. */
async function recallsOnlyItsOwn(rig: Rig, chatId: string, chats: readonly string[]): Promise<void> {
  const { state, text } = await ask(rig, chatId, `RECALL for ${chatId}`);
  expect(state).toBe("done");
  expect(text).toContain(`secret-of-${chatId}`);
  for (const other of chats) if (other !== chatId) expect(text).not.toContain(`secret-of-${other}`);
}

/** Inside a sandbox each CLI has processes around it that carry its mark as well. */
const sessionsAlive = (rig: Rig): number => new Set(rig.cliProcesses().map(({ session }) => session)).size;

test.each(cliVersions())(
  "$name: six warm sessions work together, make room, come back, and never mix",
  async ({ path }) => {
    const rig = await startRig({ cli: path, apiEnv: { GATEWAY_MAX_CLAUDE_PROCESSES: "6" } });
    try {
      await Promise.all(CHATS.map((chat) => ask(rig, chat, `remember secret-of-${chat}`)));
      const pids = await Promise.all(CHATS.map(async (chat) => (await status(rig, chat)).pid));
      expect(new Set(pids).size).toBe(6);
      expect(sessionsAlive(rig)).toBe(6);

      // All six are asked at once and wait for the same gate: it opens only when all of them have reached the model.
      const answers = CHATS.map((chat) => ask(rig, chat, `GATE:${chat} SAY:together ${chat}`));
      await Promise.all(CHATS.map((chat) => rig.model.held(chat)));
      expect(sessionsAlive(rig)).toBe(6);
      for (const chat of CHATS) rig.model.release(chat);
      expect((await Promise.all(answers)).map(({ text }) => text)).toEqual(
        CHATS.map((chat) => `together ${chat}`),
      );
      expect(await Promise.all(CHATS.map(async (chat) => (await status(rig, chat)).pid))).toEqual(pids);

      // A seventh and an eighth take the places of the two that have been quiet for longest.
      await ask(rig, "gus", "remember secret-of-gus");
      await ask(rig, "hal", "remember secret-of-hal");
      expect(sessionsAlive(rig)).toBe(6);
      const states = await Promise.all(CHATS.map(async (chat) => (await status(rig, chat)).state));
      expect(states.filter((state) => state === "suspended")).toHaveLength(2);
      expect(states.filter((state) => state === "ready")).toHaveLength(4);

      const all = [...CHATS, "gus", "hal"];
      await Promise.all(all.map((chat) => recallsOnlyItsOwn(rig, chat, all)));
      expect(sessionsAlive(rig)).toBe(6);

      // Suspended all together by a restart of the service, and resumed.
      await rig.api.end("SIGTERM");
      expect(rig.cliProcesses()).toEqual([]);
      await rig.startApi();
      await Promise.all(all.map((chat) => recallsOnlyItsOwn(rig, chat, all)));
      expect(sessionsAlive(rig)).toBe(6);
    } finally {
      await rig.close();
    }
  },
  240_000,
);

test.each(cliVersions())(
  "$name: six sessions that fall silent are suspended, and go on when spoken to",
  async ({ path }) => {
    const rig = await startRig({
      cli: path,
      apiEnv: { GATEWAY_MAX_CLAUDE_PROCESSES: "6", GATEWAY_SESSION_TIMEOUT: "2" },
    });
    try {
      await Promise.all(CHATS.map((chat) => ask(rig, chat, `remember secret-of-${chat}`)));
      await expect.poll(() => rig.cliProcesses(), { timeout: 40_000, interval: 200 }).toEqual([]);
      for (const chat of CHATS) expect((await status(rig, chat)).state).toBe("suspended");
      await Promise.all(CHATS.map((chat) => recallsOnlyItsOwn(rig, chat, CHATS)));
    } finally {
      await rig.close();
    }
  },
  240_000,
);
