import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "client",
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // As in core: nothing here keeps a state, and loading all of it for each file is what takes the time.
    isolate: false,
  },
});
