import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ENDPOINTS } from "@steward/contract/endpoints";
import { expect, test } from "vitest";
import { createInstallation } from "./program.ts";

const ARMED = { STEWARD_FAILPOINTS: "boot.locked=kill" };
const TEST_BUILD = ["--conditions=steward-test"];
const PATIENCE_MS = 60_000;

test(
  "a program that was started for a test ends at the point it was told",
  async () => {
    const installation = await createInstallation();
    const { exited } = installation.start(ARMED, TEST_BUILD);
    expect(await exited).toEqual({ code: null, signal: "SIGKILL" });
  },
  PATIENCE_MS,
);

test(
  "a normal start has no failpoints, whatever its environment asks for",
  async () => {
    const installation = await createInstallation();
    const { child } = await installation.startReady(ARMED);
    expect(child.exitCode).toBeNull();
  },
  PATIENCE_MS,
);

test(
  "under the supervisor not even the test build can be armed",
  async () => {
    const installation = await createInstallation();
    const { child } = await installation.startReady({ ...ARMED, STEWARD_SUPERVISED: "1" }, TEST_BUILD);
    expect(child.exitCode).toBeNull();
  },
  PATIENCE_MS,
);

test("nothing that starts Steward asks for the test build", () => {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const asking = ["scripts", "apps"]
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(mjs|ts|json)$/.test(entry.name))
    .filter((entry) => !/node_modules|\/test(\/|$)|\.test\./.test(join(entry.parentPath, entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => /conditions[=\s"',]+steward-test/.test(readFileSync(file, "utf8")));
  expect(asking).toEqual([]);
});

test(
  "row 6: an event loop that is blocked for longer than the silence limit is told in the log and costs no turn",
  async () => {
    const installation = await createInstallation();
    const { client, output } = await installation.startReady(
      {
        STEWARD_FAILPOINTS: "turn.checkpoint_after_commit=sleep(6000):1",
        GATEWAY_CLAUDE_TIMEOUT: "4",
        GATEWAY_BUSY_STUCK_TIMEOUT: "5",
      },
      TEST_BUILD,
    );
    const { turnId } = await client.call(ENDPOINTS.submitTurn, {
      headers: { "idempotency-key": "1" },
      body: { botId: "web", chatId: "1", text: "demo slow" },
    });
    const types: string[] = [];
    for await (const { event } of client.streamEvents(ENDPOINTS.turnEvents, { params: { turnId } }))
      types.push(event.type === "final" ? `final ${event.state}` : event.type);
    expect(types.at(-1)).toBe("final done");
    expect(types.filter((type) => type === "started")).toHaveLength(1);
    await expect.poll(output, { timeout: 5_000 }).toMatch(/event loop blocked for \d{4} ms/);
  },
  PATIENCE_MS,
);
