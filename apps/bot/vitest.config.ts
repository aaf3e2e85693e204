import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "bot", include: ["src/**/*.test.ts", "test/**/*.test.ts"] } });
