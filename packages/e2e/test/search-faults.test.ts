import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { STUB_CLI_PATH } from "@steward/claude/stub-cli";
import { ENDPOINTS } from "@steward/contract/endpoints";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Rig, startRig } from "../src/rig.ts";

const STEWARD = resolve(import.meta.dirname, "../../../apps/cli/src/main.mjs");
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ cli: STUB_CLI_PATH });
  await rig.api.end("SIGTERM");
  await rig.startApi({ STEWARD_VECTOR_EXTENSION: join(rig.env.STEWARD_HOME ?? "", "no-such-vec0") });
});
afterAll(() => rig.close());

test("row 45: without the vector extension Steward starts, takes messages and finds them by their words", async () => {
  const client = rig.client();
  expect(await client.call(ENDPOINTS.readyz)).toMatchObject({
    status: "ready",
    components: expect.arrayContaining([{ name: "search", ok: true, detail: "no vectors" }]) as unknown,
  });
  const message = { session_id: "gw-default-1", role: "user", content: "无法打开 the kitchen file" } as const;
  const { id } = await client.call(ENDPOINTS.addChatMessage, { body: message });
  for (const q of ["无法", "file", "kithcen", "打开 file"]) {
    expect(await client.call(ENDPOINTS.searchChatHistory, { query: { q } }), q).toMatchObject([
      { id, mode: "lexical", distance: null },
    ]);
  }
  // Deleting what has no vectors needs none.
  await client.call(ENDPOINTS.deleteHistoryMessage, {
    params: { messageId: id },
    query: { botId: "default", sessionId: message.session_id },
  });
  expect(await client.call(ENDPOINTS.searchChatHistory, { query: { q: "file" } })).toEqual([]);
});

test("row 45: the doctor has a red line with the next step", async () => {
  const report = await new Promise<string>((done) => {
    execFile(process.execPath, [STEWARD, "doctor", "--json"], { env: rig.env }, (_, stdout) => done(stdout));
  });
  const { findings } = JSON.parse(report) as { findings: { check: string; status: string; fix: string }[] };
  expect(findings.find(({ check }) => check === "search")).toMatchObject({
    status: "problem",
    fix: expect.stringContaining("STEWARD_VECTOR_EXTENSION") as unknown,
  });
});
