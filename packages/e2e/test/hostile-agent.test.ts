import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { createSystemClock } from "@steward/platform/clock";
import { createIds } from "@steward/platform/ids";
import { createProcessSpawner } from "@steward/platform/process";
import { createGuardRegistry, examineSandbox } from "@steward/platform/sandbox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { ACTING } from "../src/hostile/acting.ts";
import { CHANGING } from "../src/hostile/changing.ts";
import type { HostileAction } from "../src/hostile/hostile-action.ts";
import { type HostileWorld, startHostileWorld } from "../src/hostile/hostile-world.ts";
import { PLANTING } from "../src/hostile/planting.ts";
import { READING } from "../src/hostile/reading.ts";

/**
 * An agent that does what somebody talked it into, with every permission (`bypassPermissions`): the scripted model
 * calls the tools, the real CLI runs them. What came of it is judged from outside, and written down for
 * `pnpm sandbox:table`.
 */
const ACTIONS: readonly HostileAction[] = [...READING, ...CHANGING, ...PLANTING, ...ACTING];
const RESULTS = fileURLToPath(new URL("../../../test-results/hostile-agent.json", import.meta.url));
const isRoot = process.getuid?.() === 0;

const examined = await examineSandbox({
  env: process.env,
  dataDirectory: tmpdir(),
  secrets: [],
  guards: createGuardRegistry(null),
  spawner: createProcessSpawner(),
  clock: createSystemClock(),
  ids: createIds(),
});
if (!examined.holds)
  console.warn(`the hostile agent is not let loose: ${examined.problem}: ${examined.detail}`);

const results = new Map<string, Record<string, boolean>>();

describe.skipIf(!examined.holds)("an agent that means harm", () => {
  afterAll(() => {
    const rows = ACTIONS.map(({ id, title }) => ({ id, title, ...results.get(id) }));
    mkdirSync(fileURLToPath(new URL("../../../test-results/", import.meta.url)), { recursive: true });
    writeFileSync(RESULTS, `${JSON.stringify({ root: isRoot, rows }, null, 2)}\n`);
  });

  test("has enough ideas, each of its own", () => {
    expect(ACTIONS.length).toBeGreaterThanOrEqual(30);
    expect(new Set(ACTIONS.map(({ id }) => id)).size).toBe(ACTIONS.length);
  });

  const [first, ...others] = cliVersions();
  if (first === undefined) throw new Error("there is a bundled CLI");
  const runs = [
    { sandbox: "off", column: "off", cli: first },
    { sandbox: "require", column: "on", cli: first },
    ...others.map((cli) => ({ sandbox: "require", column: "onSecond", cli }) as const),
  ] as const;

  describe.each(runs)("sandbox $sandbox, $cli.name", ({ sandbox, column, cli }) => {
    let world: HostileWorld;
    beforeAll(async () => {
      world = await startHostileWorld({ cli: cli.path, sandbox });
    });
    afterAll(() => world.close());

    test.each(ACTIONS)("$title", async (action) => {
      const succeeded = await action.attempt(world);
      results.set(action.id, { ...results.get(action.id), [column]: succeeded });
      const expected =
        sandbox === "off" && (action.without === "succeeds" || (action.without === "root" && isRoot));
      expect(succeeded).toBe(expected);
    });

    test("and its own work still works", async () => {
      const prompt = `TOOL:Write:${JSON.stringify({ file_path: `${world.workspace}/work`, content: "done by the agent" })}\nTOOL:Bash:${JSON.stringify({ command: "cat work; git add work && git -c user.name=agent commit -qm works && git log --oneline", description: "look" })}`;
      const answer = await world.ask(prompt);
      expect(answer).toContain("done by the agent");
      if (sandbox !== "off") expect(answer).toMatch(/[0-9a-f]{7} works/);
    });
  });
});
