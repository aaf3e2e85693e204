import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createFixtureHouse, type FixtureHouse } from "./fixture-house.ts";

const LAUNCHER = fileURLToPath(new URL("./fixtures/launch-house.mjs", import.meta.url));
/** The promise to people is 20 s; programs that listen need a fraction of it. */
const ENDS_WITHIN_MS = 5_000;

async function running(house: FixtureHouse): Promise<void> {
  await house.waitFor("helper");
  await house.waitFor("bot");
}

describe("npm start ends as a whole", () => {
  test("on SIGTERM to npm", async () => {
    using house = await createFixtureHouse();
    const { outer } = house.run("npm");
    await running(house);
    outer.kill("SIGTERM");
    expect(await house.survivors(ENDS_WITHIN_MS)).toEqual([]);
    expect(house.notes()).toContain("api-ends");
  });

  test("on Ctrl-C, which the whole group receives; the bot ends before the API", async () => {
    using house = await createFixtureHouse();
    const { outer } = house.run("npm");
    await running(house);
    process.kill(-(outer.pid ?? 0), "SIGINT");
    expect(await house.survivors(ENDS_WITHIN_MS)).toEqual([]);
    expect(house.notes().filter((note) => note.endsWith("-ends"))).toEqual(["bot-ends", "api-ends"]);
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "on %s to the supervisor alone, with exit code 0",
    async (signal) => {
      using house = await createFixtureHouse();
      const { exit } = house.run("npm");
      await running(house);
      process.kill(await house.waitFor("supervisor"), signal);
      expect(await exit).toBe(0);
      expect(await house.survivors(ENDS_WITHIN_MS)).toEqual([]);
    },
  );

  test("when npm is killed and cannot pass anything on", async () => {
    using house = await createFixtureHouse();
    const { outer } = house.run("npm");
    await running(house);
    outer.kill("SIGKILL");
    expect(await house.survivors(ENDS_WITHIN_MS)).toEqual([]);
    expect(house.notes()).toContain("api-ends");
  });

  test("when the supervisor itself is killed", async () => {
    using house = await createFixtureHouse();
    house.run("npm");
    await running(house);
    process.kill(await house.waitFor("supervisor"), "SIGKILL");
    expect(await house.survivors(ENDS_WITHIN_MS)).toEqual([]);
    expect(house.notes()).toContain("api-ends");
  });

  test("while it is still starting", async () => {
    using house = await createFixtureHouse();
    const { exit } = house.run("node");
    process.kill(await house.waitFor("supervisor"), "SIGTERM");
    expect([0, "SIGTERM"]).toContain(await exit);
    expect(await house.survivors(ENDS_WITHIN_MS)).toEqual([]);
  });
});

describe("under the launcher that an older Node needs", () => {
  test("SIGTERM to the launcher ends the tree with the supervisor's exit code", async () => {
    using house = await createFixtureHouse();
    const { outer, exit } = house.run("node", LAUNCHER);
    await running(house);
    outer.kill("SIGTERM");
    expect(await exit).toBe(0);
    expect(await house.survivors(ENDS_WITHIN_MS)).toEqual([]);
  });

  test("a killed launcher takes the tree with it", async () => {
    using house = await createFixtureHouse();
    const { outer } = house.run("node", LAUNCHER);
    await running(house);
    outer.kill("SIGKILL");
    expect(await house.survivors(ENDS_WITHIN_MS)).toEqual([]);
    expect(house.notes()).toContain("api-ends");
  });
});

test("a bot that is killed is started again, and the API runs on", async () => {
  using house = await createFixtureHouse();
  const { exit } = house.run("node");
  await running(house);
  process.kill(await house.waitFor("bot"), "SIGKILL");
  await house.waitFor("bot", 2);
  expect(house.pids("api")).toHaveLength(1);
  process.kill(await house.waitFor("supervisor"), "SIGTERM");
  expect(await exit).toBe(0);
  expect(await house.survivors(ENDS_WITHIN_MS)).toEqual([]);
});

test("it says what runs and what to do next", async () => {
  using house = await createFixtureHouse({ TELEGRAM_BOT_TOKEN: "" });
  const { exit } = house.run("node");
  const supervisor = await house.waitFor("supervisor");
  await house.waitFor("helper");
  await expect.poll(house.output, { timeout: 10_000 }).toContain("Ctrl-C");
  expect(house.output()).toMatch(/\[1\/2\] API: ready at http:\/\/127\.0\.0\.1:\d+/);
  expect(house.output()).toContain("[2/2] Telegram: not configured");
  expect(house.output()).toContain("TELEGRAM_BOT_TOKEN");
  expect(house.pids("bot")).toEqual([]);
  process.kill(supervisor, "SIGTERM");
  expect(await exit).toBe(0);
});
