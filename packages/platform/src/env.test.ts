import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { formatProblems, loadDotEnv, parseEnv } from "./env.ts";

const schema = z.object({
  STEWARD_PORT: z.coerce.number().int().min(1).max(65_535).default(8_000),
  STEWARD_HOST: z.string().default("127.0.0.1"),
  TELEGRAM_BOT_TOKEN: z.string().regex(/^\d+:[\w-]+$/, "must look like 123456:ABC"),
});

describe("parseEnv", () => {
  test("gives typed values and defaults, and ignores what the schema does not name", () => {
    const result = parseEnv(schema, { STEWARD_PORT: "9000", TELEGRAM_BOT_TOKEN: "1:a", HOME: "/root" });
    expect(result).toEqual({
      ok: true,
      value: { STEWARD_PORT: 9_000, STEWARD_HOST: "127.0.0.1", TELEGRAM_BOT_TOKEN: "1:a" },
    });
  });

  test("reports all problems at once, by name", () => {
    const result = parseEnv(schema, { STEWARD_PORT: "http" });
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.problems.map(({ name }) => name).sort()).toEqual(["STEWARD_PORT", "TELEGRAM_BOT_TOKEN"]);
    expect(formatProblems(result.problems)).toContain("  TELEGRAM_BOT_TOKEN: is required");
  });

  test("never repeats a value: it may be a secret", () => {
    const result = parseEnv(schema, { TELEGRAM_BOT_TOKEN: "canary canary" });
    expect(JSON.stringify(result)).not.toContain("canary");
  });

  test("a variable set to nothing counts as not set", () => {
    const result = parseEnv(schema, { STEWARD_PORT: "", STEWARD_HOST: "  ", TELEGRAM_BOT_TOKEN: "1:a" });
    expect(result).toMatchObject({ ok: true, value: { STEWARD_PORT: 8_000, STEWARD_HOST: "127.0.0.1" } });
  });
});

describe("loadDotEnv", () => {
  test("reads quotes, comments and export without touching the process's environment", () => {
    const path = join(mkdtempSync(join(tmpdir(), "steward-env-")), ".env");
    writeFileSync(
      path,
      "# comment\nSTEWARD_CANARY_A=1\nexport STEWARD_CANARY_B='two words' # x\nSTEWARD_CANARY_C=\n",
    );
    expect(loadDotEnv(path)).toEqual({
      STEWARD_CANARY_A: "1",
      STEWARD_CANARY_B: "two words",
      STEWARD_CANARY_C: "",
    });
    expect(process.env.STEWARD_CANARY_A).toBeUndefined();
  });

  test("no file means no variables; an unreadable one is an error", () => {
    const folder = mkdtempSync(join(tmpdir(), "steward-env-"));
    expect(loadDotEnv(join(folder, "absent"))).toEqual({});
    expect(() => loadDotEnv(folder)).toThrow(/EISDIR/);
  });
});
