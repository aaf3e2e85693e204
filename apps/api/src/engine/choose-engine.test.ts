import { expect, test } from "vitest";
import { chooseEngine, type EngineFacts, isConfigured } from "./choose-engine.ts";

const cases = [true, false].flatMap((hasCredentials) =>
  [true, false].flatMap((hasTelegram) =>
    [true, false].flatMap((wasConfigured) =>
      [true, false, null].map(
        (loggedIn): EngineFacts => ({ hasCredentials, hasTelegram, wasConfigured, loggedIn }),
      ),
    ),
  ),
);

test("of all that can be the case, only one leads to the demo: nothing configured ever, and surely no login", () => {
  const demos = cases.filter((facts) => chooseEngine(facts) === "demo");
  expect(demos).toEqual([
    { hasCredentials: false, hasTelegram: false, wasConfigured: false, loggedIn: false },
  ]);
});

test("whatever is configured once is remembered; not being able to ask is not", () => {
  const nothing = { hasCredentials: false, hasTelegram: false, wasConfigured: false, loggedIn: null };
  expect(isConfigured(nothing)).toBe(false);
  expect(isConfigured({ ...nothing, loggedIn: false })).toBe(false);
  for (const one of [
    { hasCredentials: true },
    { hasTelegram: true },
    { wasConfigured: true },
    { loggedIn: true },
  ]) {
    expect(isConfigured({ ...nothing, ...one })).toBe(true);
  }
});
