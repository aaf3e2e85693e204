import { defineConfig } from "vitest/config";

// Real processes on two cores: one file at a time keeps the waits short and the failures readable.
export default defineConfig({
  test: {
    name: "e2e",
    include: ["test/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
