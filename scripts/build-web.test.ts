import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { buildWebStep, ensureWebBuilt } from "./build-web.mjs";
import { createSteps, StepError } from "./steps/steps.mjs";
import { temporaryFolder } from "./test/temporary-folder.ts";

/** A checkout whose build tool only prints and ends. */
const checkout = (script: string) => {
  const root = temporaryFolder();
  const folder = join(root, "node_modules", ".bin");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "turbo"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "turbo"), 0o755);
  return { root, env: process.env };
};
const steps = (lines: string[]) => createSteps(5, { write: (line) => void lines.push(line) });

describe("the web UI", () => {
  test("is built from its sources, or was already", async () => {
    const built = checkout(
      'echo "$@" > args; echo " Tasks:    1 successful, 1 total"; echo "Cached:    0 cached, 1 total"',
    );
    expect(await ensureWebBuilt(built)).toBe("built");
    expect(await ensureWebBuilt(checkout('echo "Cached:    3 cached, 3 total"'))).toBe("up to date");
    expect(await ensureWebBuilt(checkout('echo "Cached:    2 cached, 3 total"'))).toBe("built");
  });

  test("that cannot be built is told, with what the build said", async () => {
    const broken = checkout('echo "main.tsx:3:1 unexpected token" >&2; exit 1');
    await expect(ensureWebBuilt(broken)).rejects.toThrow(StepError);
    await expect(ensureWebBuilt(broken)).rejects.toThrow("unexpected token");
  });

  test("that cannot be built keeps nothing else from starting", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const lines: string[] = [];
    await buildWebStep(checkout("echo nonsense; exit 3"), steps(lines));
    expect(lines).toEqual(["[1/5] Web UI: FAILED"]);
    expect(said.mock.calls.flat().join("\n")).toContain("Steward starts without it.");
    said.mockRestore();
  });
});
