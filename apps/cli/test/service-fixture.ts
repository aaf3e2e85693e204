import { afterEach, beforeEach, expect } from "vitest";
import { layOutData, makeHome, runSteward, TEST_TOKEN } from "./run-steward.ts";
import { StewardDouble } from "./steward-double.ts";

export interface ServiceFixture {
  readonly double: StewardDouble;
  /** HOME of the person at the terminal, with a data directory in it. */
  readonly home: string;
  run(...args: string[]): ReturnType<typeof runSteward>;
  runInChinese(...args: string[]): ReturnType<typeof runSteward>;
}

/** A double of the service and a person's home, new for each test; what the double could not make sense of fails it. */
export function useService(): ServiceFixture {
  let double: StewardDouble;
  let home: string;
  beforeEach(async () => {
    double = await new StewardDouble(TEST_TOKEN).start();
    home = makeHome();
    layOutData(home);
  });
  afterEach(async () => {
    await double.stop();
    expect(double.violations).toEqual([]);
  });
  return {
    get double() {
      return double;
    },
    get home() {
      return home;
    },
    run: (...args) => runSteward(args, { home, port: double.port }),
    runInChinese: (...args) => runSteward(args, { home, port: double.port, env: { LANG: "zh_CN.UTF-8" } }),
  };
}
