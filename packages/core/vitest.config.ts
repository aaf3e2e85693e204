import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "core",
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // No module of core keeps a state, so files may share them: loading core again for each took half of the time.
    isolate: false,
    // Sweeps and property tests take seconds of processor time, and the machine may be shared.
    testTimeout: 30_000,
  },
});
