import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../test/temporary-directory.ts";
import { readEnvironment } from "./environment.ts";
import { readSettings } from "./settings.ts";

function settings(environment: Record<string, string>) {
  const result = readSettings(environment);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

describe("readSettings", () => {
  test("has the defaults of the house", () => {
    const { data, apiUrl, telegramTokens, openOnPurpose } = settings({});
    expect({ root: data.root, apiUrl, telegramTokens, openOnPurpose }).toEqual({
      root: join(homedir(), ".steward"),
      apiUrl: "http://127.0.0.1:8000",
      telegramTokens: [],
      openOnPurpose: false,
    });
  });

  test.each([
    ["0.0.0.0", "http://127.0.0.1:8000"],
    ["::", "http://[::1]:8000"],
    ["::1", "http://[::1]:8000"],
    ["192.168.1.5", "http://192.168.1.5:8000"],
  ])("a service that listens on %s is called at %s", (host, url) => {
    expect(settings({ STEWARD_HOST: host }).apiUrl).toBe(url);
  });

  test("takes an address of its own, without the slash at its end", () => {
    expect(settings({ STEWARD_API_URL: "https://box.example/steward/" }).apiUrl).toBe(
      "https://box.example/steward",
    );
  });

  test("knows ~ and the ancestor's database path", () => {
    const { data } = settings({ STEWARD_HOME: "~/elsewhere", DATABASE_PATH: "/data/old.db" });
    expect(data.token).toBe(join(homedir(), "elsewhere", "token"));
    expect(data.db).toBe("/data/old.db");
  });

  test("collects the tokens of both variables, each once", () => {
    expect(settings({ TELEGRAM_BOT_TOKEN: "1:a", TELEGRAM_BOT_TOKENS: "2:b, 1:a," }).telegramTokens).toEqual([
      "1:a",
      "2:b",
    ]);
  });
});

test("what is set in the process beats .env, except when it is set to nothing", () => {
  const path = join(temporaryDirectory("env"), ".env");
  writeFileSync(path, "STEWARD_PORT=9000\nSTEWARD_HOME=/from/file\n");
  expect(readEnvironment({ STEWARD_HOME: "/own", STEWARD_PORT: " " }, path)).toEqual({
    STEWARD_HOME: "/own",
    STEWARD_PORT: "9000",
  });
});
