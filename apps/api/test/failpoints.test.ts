import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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
