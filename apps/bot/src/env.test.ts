import { describe, expect, test } from "vitest";
import { readBotEnv } from "./env.ts";

const TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
const OTHER = "987654321:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsax";

describe("readBotEnv", () => {
  test("one token is enough; everything else has a default", () => {
    const result = readBotEnv({ TELEGRAM_BOT_TOKEN: TOKEN });
    expect(result).toMatchObject({
      ok: true,
      value: {
        accounts: [{ botId: "123456789", token: TOKEN }],
        apiRoot: "https://api.telegram.org",
        stewardUrl: "http://127.0.0.1:8000",
        logLevel: "info",
      },
    });
  });

  test("several bots come from the list, in order, and a repeated token counts once", () => {
    const result = readBotEnv({ TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_BOT_TOKENS: `${OTHER}, ${TOKEN}` });
    expect(result.ok && result.value.accounts.map(({ botId }) => botId)).toEqual(["123456789", "987654321"]);
  });

  test("the API is reached at the address it listens on, or at an explicit one", () => {
    const url = (env: Record<string, string>) => {
      const result = readBotEnv({ TELEGRAM_BOT_TOKEN: TOKEN, ...env });
      return result.ok ? result.value.stewardUrl : result.problems;
    };
    expect(url({ STEWARD_HOST: "0.0.0.0", STEWARD_PORT: "9000" })).toBe("http://127.0.0.1:9000");
    expect(url({ STEWARD_HOST: "::1" })).toBe("http://[::1]:8000");
    expect(url({ STEWARD_API_URL: "http://steward.local:8123/" })).toBe("http://steward.local:8123");
  });

  test("all problems are told together, without the values", () => {
    const result = readBotEnv({
      TELEGRAM_BOT_TOKEN: "secret-but-wrong",
      TELEGRAM_API_ROOT: "ftp://example.org",
      STEWARD_PORT: "70000",
      STEWARD_LOG_LEVEL: "loud",
    });
    expect(result.ok).toBe(false);
    const problems = result.ok ? [] : result.problems;
    expect(problems.map(({ name }) => name).sort()).toEqual([
      "STEWARD_LOG_LEVEL",
      "STEWARD_PORT",
      "TELEGRAM_API_ROOT",
      "TELEGRAM_BOT_TOKEN",
    ]);
    expect(JSON.stringify(problems)).not.toContain("secret-but-wrong");
  });

  test("no token at all, and two tokens of one bot, are problems", () => {
    expect(readBotEnv({})).toMatchObject({ ok: false, problems: [{ name: "TELEGRAM_BOT_TOKEN" }] });
    expect(readBotEnv({ TELEGRAM_BOT_TOKENS: `${TOKEN},${TOKEN}x` })).toMatchObject({
      ok: false,
      problems: [{ name: "TELEGRAM_BOT_TOKENS", message: "has two tokens of bot 123456789" }],
    });
  });
});
