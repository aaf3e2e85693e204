import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "demo-model", include: ["src/**/*.test.ts", "test/**/*.test.ts"] },
});
