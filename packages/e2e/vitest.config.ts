import { defineConfig } from "vitest/config";

/** What holds times against a budget has the machine to itself. */
const TIMED = ["test/streaming-load.test.ts"];

const patience = { testTimeout: 60_000, hookTimeout: 60_000 };

// Real processes that mostly wait for each other: two files at a time, each with a Steward of its own.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...patience,
          name: "e2e",
          include: ["test/**/*.test.ts"],
          exclude: TIMED,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...patience,
          name: "e2e timed",
          include: TIMED,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
