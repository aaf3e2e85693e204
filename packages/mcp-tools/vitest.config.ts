import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "mcp-tools", include: ["src/**/*.test.ts", "test/**/*.test.ts"] },
});
