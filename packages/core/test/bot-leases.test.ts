import { expect, test } from "vitest";
import { startCore } from "./test-core.ts";

const [FIRST, SECOND] = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"];

test("row 38: one front end has a bot at a time, each bot by itself", async () => {
  const { core } = await startCore();
  expect(core.bots.lease("1", FIRST, 30_000).held).toBe(true);
  expect(core.bots.lease("1", SECOND, 30_000).held).toBe(false);
  expect(core.bots.lease("1", FIRST, 30_000).held).toBe(true);
  expect(core.bots.lease("2", SECOND, 30_000).held).toBe(true);
});

test("row 38: a lease ends by itself, when it is given back, and when the front end's stream ends", async () => {
  const { core, clock } = await startCore();
  core.bots.lease("1", FIRST, 30_000);
  await clock.advance(29_999);
  expect(core.bots.lease("1", SECOND, 30_000).held).toBe(false);
  await clock.advance(1);
  expect(core.bots.lease("1", SECOND, 30_000).held).toBe(true);
  core.bots.lease("1", FIRST, 0);
  expect(core.bots.lease("1", FIRST, 30_000).held).toBe(false);
  core.bots.lease("1", SECOND, 0);
  expect(core.bots.lease("1", FIRST, 30_000).held).toBe(true);
  core.bots.gone("1", SECOND);
  expect(core.bots.lease("1", SECOND, 30_000).held).toBe(false);
  core.bots.gone("1", FIRST);
  expect(core.bots.lease("1", SECOND, 30_000).held).toBe(true);
});

test("row 38: a service that has just begun has promised its bots to nobody", async () => {
  const t = await startCore();
  t.core.bots.lease("1", FIRST, 30_000);
  const after = await t.reboot();
  expect(after.core.bots.lease("1", SECOND, 30_000).held).toBe(true);
});
