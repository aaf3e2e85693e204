import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "claude", include: ["src/**/*.test.ts", "test/**/*.test.ts"] } });
