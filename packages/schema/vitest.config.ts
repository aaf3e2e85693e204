import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "schema",
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // As in core: nothing here keeps a state, and loading all of it for each file is what takes the time.
    isolate: false,
    // Sweeps and property tests take seconds of processor time, and the machine may be shared.
    testTimeout: 30_000,
  },
});
