import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "telegram",
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // Property tests take seconds of processor time, and the machine may be shared.
    testTimeout: 30_000,
  },
});
