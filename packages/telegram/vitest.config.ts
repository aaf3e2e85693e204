import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "telegram", include: ["src/**/*.test.ts", "test/**/*.test.ts"] },
});
