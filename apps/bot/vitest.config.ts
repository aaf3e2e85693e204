import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "bot",
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // Real processes and sockets, two files at a time, on a machine that may be shared.
    testTimeout: 30_000,
  },
});
