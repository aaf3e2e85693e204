import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "cli",
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // Many tests start the real program, some several times, and a busy machine takes seconds for each.
    testTimeout: 60_000,
  },
});
