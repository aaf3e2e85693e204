import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { listMemories } from "@steward/contract/memories";
import { memoryHistory } from "@steward/contract/memory-changes";
import { setPolicy } from "@steward/contract/policies";
import { getTurn, submitTurn, type Turn, turnEvents } from "@steward/contract/turns";
import { getUsage } from "@steward/contract/usage";
import { expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { type Rig, startRig } from "../src/rig.ts";

const chat = { botId: "web", chatId: "main" };

async function ask(rig: Rig, text: string): Promise<Turn> {
  const client = rig.client();
  const { turnId } = await client.call(submitTurn, {
    headers: { "idempotency-key": randomUUID() },
    body: { ...chat, threadId: "", text },
  });
  for await (const _ of client.streamEvents(turnEvents, { params: { turnId } }));
  return await client.call(getTurn, { params: { turnId } });
}

/** What was said is that much older, by the database of a service that is down. */
function age(rig: Rig, days: number): void {
  const database = new DatabaseSync(join(rig.home, "steward.db"));
  try {
    const ms = days * 86_400_000;
    database
      .prepare("UPDATE turns SET received_at = received_at - ?, finished_at = finished_at - ?")
      .run(ms, ms);
    database
      .prepare("UPDATE conversations SET created_at = created_at - ?, last_active_at = last_active_at - ?")
      .run(ms, ms);
  } finally {
    database.close();
  }
}

const summaries = async (rig: Rig) => {
  const query = { ...chat, category: "summary", own: "true" };
  return (await rig.client().call(listMemories, { query })).memories;
};
/** Housekeeping looks each minute. */
const ON_THE_NEXT_MINUTE = { timeout: 90_000, interval: 250 };

const isSummary = ({ request }: Rig["model"]["requests"][number]): boolean =>
  request?.system.includes("You keep notes on conversations") === true;

// Both wait for the clock most of the time.
test.concurrent.each(cliVersions())(
  "$name: a conversation that has fallen silent is remembered, and brought up to date when it went on",
  async ({ path }) => {
    const rig = await startRig({ cli: path });
    try {
      let note = "Ada's boat is called Nele.";
      rig.model.script(async ({ exchange }) => {
        if (!exchange.request.system.includes("You keep notes on conversations")) return false;
        const writer = await exchange.begin({ inputTokens: 2_000 });
        await writer.text(note);
        await writer.finish();
        return true;
      });
      await rig.client().call(setPolicy, { body: { name: "summariseAfterDays", value: 2 } });
      for (const text of ["my boat is called Nele", "two", "three", "four", "five"]) await ask(rig, text);
      await rig.api.end("SIGTERM");
      age(rig, 3);
      await rig.startApi();
      await expect.poll(async () => (await summaries(rig)).length, ON_THE_NEXT_MINUTE).toBe(1);
      const [memory] = await summaries(rig);
      expect(memory).toMatchObject({
        ...{ state: "accepted", origin: "summary", category: "summary", content: note, pinned: false },
        key: expect.stringMatching(/^conversation \d{4}-\d\d-\d\d my boat is called Nele$/),
      });
      const [request, ...others] = rig.model.requests.filter(isSummary);
      expect(others).toEqual([]);
      expect(request?.prompt).toContain("\n> my boat is called Nele\n");
      expect(request?.request?.model).toContain("haiku");
      expect(request?.request?.toolNames).toEqual([]);
      await expect.poll(() => rig.cliProcesses(), { timeout: 10_000 }).toEqual([]);

      // It is recalled like any other, and costs what it has cost.
      const told = await ask(rig, "what is the boat called?");
      expect(told.state).toBe("done");
      const prompts = rig.model.requests.filter(({ kind }) => kind === "turn").map(({ prompt }) => prompt);
      expect(prompts.at(-1)).toMatch(
        /by summary, [\s\S]*\n> Ada's boat is called Nele\.[\s\S]*what is the boat called\?$/,
      );
      const { rows } = await rig.client().call(getUsage, { query: { by: "model" } });
      expect(rows.find(({ key, turns }) => key.includes("haiku") && turns === 0)?.costUsd).toBeGreaterThan(0);

      note = "Ada has sold her boat Nele.";
      await ask(rig, "the boat is sold");
      await rig.api.end("SIGTERM");
      age(rig, 3);
      await rig.startApi();
      await expect.poll(async () => (await summaries(rig))[0]?.content, ON_THE_NEXT_MINUTE).toBe(note);
      expect(await summaries(rig)).toHaveLength(1);
      expect(rig.model.requests.filter(isSummary)[1]?.prompt).toContain(
        "[The earlier note]\n> Ada's boat is called Nele.",
      );
      const changes = await rig.client().call(memoryHistory, { params: { memoryId: memory?.id ?? 0 } });
      expect(changes.map(({ action, origin }) => [action, origin])).toEqual([
        ["updated", "summary"],
        ["created", "summary"],
      ]);
    } finally {
      await rig.close();
    }
  },
  300_000,
);
