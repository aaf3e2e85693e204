import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "platform",
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // As in core: nothing here keeps a state, and loading all of it for each file is what takes the time.
    isolate: false,
    // Real processes take their time on a machine that is shared.
    testTimeout: 30_000,
  },
});
