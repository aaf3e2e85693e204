import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "telegram",
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // One file at a time: what is measured has no neighbours of its own making.
    fileParallelism: false,
    // Property tests take seconds of processor time, and the machine may be shared.
    testTimeout: 30_000,
  },
});
