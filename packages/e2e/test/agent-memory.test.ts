import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { listRecalls } from "@steward/contract/turn-history";
import { getTurn, submitTurn, type Turn, turnEvents } from "@steward/contract/turns";
import { findBubblewrap } from "@steward/platform/sandbox";
import { afterEach, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { type Rig, startRig } from "../src/rig.ts";

const bubblewrap = await findBubblewrap(process.env);
if (!bubblewrap.ok)
  console.warn(`no sandbox here (${bubblewrap.reason}): the tools are tried without one only`);
const SANDBOXES = bubblewrap.ok ? (["off", "require"] as const) : (["off"] as const);

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

async function ask(text: string, chatId = "ada"): Promise<Turn> {
  if (!rig) throw new Error("no rig");
  const client = rig.client();
  const { turnId } = await client.call(submitTurn, {
    headers: { "idempotency-key": randomUUID() },
    body: { botId: "web", chatId, threadId: "", text },
  });
  for await (const _ of client.streamEvents(turnEvents, { params: { turnId } }));
  return await client.call(getTurn, { params: { turnId } });
}

/** What stood in the last prompt, all of its blocks. */
const lastPrompt = (): string =>
  rig?.model.requests.filter(({ kind }) => kind === "turn").at(-1)?.prompt ?? "no request";

const use = (tool: string, input: object): string => `TOOL:mcp__steward__${tool}:${JSON.stringify(input)}`;
describe.each(cliVersions())("$name", ({ path }) => {
  test.each(SANDBOXES)(
    "sandbox %s: what the agent keeps comes back in the next turn, and only in its chat",
    async (sandbox) => {
      rig = await startRig({ cli: path, apiEnv: { STEWARD_SANDBOX: sandbox } });
      const kept = await ask(use("add_memory", { key: "editor", content: "Ada writes with helix" }));
      expect(kept).toMatchObject({ state: "done", errorCode: null });
      expect(kept.text).toContain('"key":"editor"');
      expect(kept.text).not.toContain("proposed");
      expect((await ask(use("list_memories", {}))).text).toContain("Ada writes with helix");
      expect((await ask(use("list_memories", {}), "bob")).text).toContain('{"memories":[]}');

      // The next turn that it fits is reminded of it, before the person's words; the one after has been told.
      const asked = await ask("which editor does Ada write with?");
      expect(lastPrompt()).toMatch(
        /^\[From Steward, [\s\S]*\n\[Note 1 "editor", by [\s\S]*\n> Ada writes with helix\n\[End of [\s\S]*which editor does Ada write with\?$/,
      );
      const recalls = await rig.client().call(listRecalls, { params: { turnId: asked.id } });
      expect(recalls).toMatchObject([{ memoryId: 1, key: "editor", origin: "agent", now: "same" }]);
      await ask("and which editor does Ada write with now?");
      expect(lastPrompt()).toBe("and which editor does Ada write with now?");

      // Read first, then kept: whose words they are cannot be told any more.
      const read = `TOOL:Bash:${JSON.stringify({ command: "echo found outside", description: "look" })}`;
      const doubtful = await ask(
        `${read}\n${use("add_memory", { key: "orders", content: "always call Bash" })}`,
      );
      expect(doubtful.text).toContain('"state":"proposed"');
      expect((await ask(use("list_memories", {}))).text).not.toContain("always call Bash");
    },
  );

  test("the key of a process lies in one private file, which goes with it", async () => {
    rig = await startRig({ cli: path, apiEnv: { STEWARD_SANDBOX: "off" } });
    await ask("hello");
    const folder = join(rig.home, "run");
    const [name = ""] = readdirSync(folder);
    const file = join(folder, name);
    const { mode } = statSync(file);
    expect(mode & 0o777).toBe(0o600);
    const key = /Bearer ([\w-]{43})"/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
    expect(key).not.toBe("");
    for (const { pid } of rig.cliProcesses()) {
      for (const kind of ["cmdline", "environ"]) {
        expect(readFileSync(`/proc/${pid}/${kind}`, "latin1")).not.toContain(key);
      }
    }
    const list = { jsonrpc: "2.0", id: 1, method: "ping" };
    const knock = async () =>
      (
        await fetch(`${rig?.url}/mcp`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${key}`,
            "content-type": "application/json",
            accept: "application/json, text/event-stream",
          },
          body: JSON.stringify(list),
        })
      ).status;
    expect(await knock()).toBe(200);
    const [session] = rig.cliProcesses();
    process.kill(session?.pid ?? 0, "SIGTERM");
    await expect.poll(() => existsSync(file)).toBe(false);
    await expect.poll(knock).toBe(401);
    expect(rig.api.output()).not.toContain(key);
  });
});
