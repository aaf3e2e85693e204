import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFixtureHouse } from "./fixture-house.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** What `npm start` prints until everything runs. */
const startWith = async (env: Record<string, string>): Promise<string> => {
  const home = join(temporaryFolder(), "home");
  mkdirSync(home, { mode: 0o700 });
  writeFileSync(join(home, "token"), "fixture-token\n", { mode: 0o600 });
  using house = await createFixtureHouse({ STEWARD_HOME: home, ...env });
  const { outer, exit } = house.run("node");
  await expect.poll(house.output, { timeout: 20_000 }).toContain("Ctrl-C");
  outer.kill("SIGTERM");
  await exit;
  return house.output();
};

test("on a terminal the start ends with a link that signs a browser in", async () => {
  expect(await startWith({ FIXTURE_TERMINAL: "1" })).toMatch(
    /Open it in your browser .*\n {2}http:\/\/127\.0\.0\.1:\d+\/#code=fixture\n/,
  );
});

test("where a log collector reads, it says what makes one, and none is made", async () => {
  const output = await startWith({});
  expect(output).not.toContain("#code");
  expect(output).toContain("npm run -s steward -- web");
});
