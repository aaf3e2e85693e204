import { defineConfig } from "vitest/config";

// End-to-end tests start whole Stewards; they run by themselves (packages/e2e/vitest.config.ts).
export default defineConfig({
  test: {
    projects: ["scripts", "packages/*", "apps/*", "!packages/e2e"],
  },
});
