import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "api",
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // As in core: nothing here keeps a state, and loading core and all routes for each file took longer than its tests.
    isolate: false,
    // Real workers, processes and sockets, two files at a time, on a machine that may be shared.
    testTimeout: 30_000,
  },
});
