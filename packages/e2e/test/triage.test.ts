import { randomUUID } from "node:crypto";
import { getTurn, submitTurn, type Turn, turnEvents } from "@steward/contract/turns";
import { expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { type Rig, startRig } from "../src/rig.ts";

async function ask(rig: Rig, text: string): Promise<Turn> {
  const client = rig.client();
  const { turnId } = await client.call(submitTurn, {
    headers: { "idempotency-key": randomUUID() },
    body: { botId: "web", chatId: "main", threadId: "", text, source: "web" },
  });
  for await (const _ of client.streamEvents(turnEvents, { params: { turnId } }));
  return await client.call(getTurn, { params: { turnId } });
}

test.each(cliVersions())(
  "$name: triage sends each message where it belongs, in one conversation",
  async ({ path }) => {
    const rig = await startRig({ cli: path, apiEnv: { STEWARD_TRIAGE: "haiku" } });
    try {
      // The classifier's requests are told by their system prompt; everything else is answered by the directives.
      rig.model.script(async ({ exchange, conversation }) => {
        if (!exchange.request.system.includes("You sort messages")) return false;
        const text = conversation.current.text;
        const label = text.includes("busy") ? "STATUS" : text.includes("thanks") ? "LIGHT" : "MAIN";
        const writer = await exchange.begin({ inputTokens: 300 });
        await writer.text(label);
        await writer.finish();
        return true;
      });
      // On a busy machine the first message may come before the classifier does.
      await expect
        .poll(async () => (await ask(rig, "warm up")).triage?.problem, { timeout: 60_000 })
        .toBeNull();
      const main = await ask(rig, "remember the number 4711");
      expect(main).toMatchObject({ state: "done", triage: { label: "main", problem: null } });
      const light = await ask(rig, "RECALL thanks");
      expect(light).toMatchObject({ state: "done", triage: { label: "light", command: null } });
      expect(light.model).toContain("haiku");
      expect(light.text).toContain("4711");
      const status = await ask(rig, "are you busy?");
      expect(status).toMatchObject({
        state: "done",
        model: null,
        triage: { label: "command", command: "status" },
      });
      const back = await ask(rig, "RECALL and go on");
      expect(back.model).toBe(main.model);
      expect(back.text).toContain("4711");
      expect(back.text).toContain("thanks");
      // The chat's process and the classifier's.
      expect(new Set(rig.cliProcesses().map(({ session }) => session)).size).toBe(2);
      for (const turn of [main, light, back]) {
        expect(turn.triage?.model).toContain("haiku");
        expect(turn.triage?.costUsd).toBeGreaterThan(0);
        expect(turn.usage?.costUsd).toBeGreaterThan(turn.triage?.costUsd ?? 0);
      }
      const sorted = rig.model.requests.filter(({ request }) =>
        request?.system.includes("You sort messages"),
      );
      expect(sorted.length).toBeGreaterThanOrEqual(5);
      for (const { request } of sorted) expect(request?.toolNames).toEqual([]);
    } finally {
      await rig.close();
    }
  },
  120_000,
);
