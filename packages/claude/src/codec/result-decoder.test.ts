import { describe, expect, test } from "vitest";
import { decodeResult, type TurnFacts } from "./result-decoder.ts";

const NOTHING: TurnFacts = {
  assistantError: undefined,
  retryError: undefined,
  limitRejected: false,
  limitResetsAtMs: undefined,
  lastText: "",
  isCommand: false,
  unsolicited: false,
  costBeforeUsd: 0,
};

const failed = (fields: object): object => ({
  subtype: "success",
  is_error: true,
  result: "said",
  ...fields,
});

describe("why a turn did not end well", () => {
  test.each<[string, object, Partial<TurnFacts>, string | null]>([
    ["an answer", { subtype: "success", is_error: false, result: "hi" }, {}, null],
    ["no answer", { subtype: "success", is_error: false, result: " \n" }, {}, "empty_result"],
    [
      "no answer, but text before the last tool",
      { subtype: "success", is_error: false },
      { lastText: "hi" },
      null,
    ],
    [
      "a command with nothing to say",
      { subtype: "success", is_error: false, result: "" },
      { isCommand: true },
      null,
    ],
    [
      "interrupted text",
      { subtype: "error_during_execution", is_error: true, terminal_reason: "aborted_streaming" },
      {},
      "aborted",
    ],
    [
      "an interrupted tool",
      { subtype: "error_during_execution", is_error: true, terminal_reason: "aborted_tools" },
      {},
      "aborted",
    ],
    [
      "interrupted, called a success",
      { subtype: "success", is_error: false, result: "part", terminal_reason: "aborted_streaming" },
      {},
      "aborted",
    ],
    ["too many turns", { subtype: "error_max_turns", is_error: true }, {}, "max_turns"],
    [
      "the login",
      failed({ api_error_status: 401 }),
      { assistantError: "authentication_failed" },
      "authentication_failed",
    ],
    ["the login, by status alone", failed({ api_error_status: 403 }), {}, "authentication_failed"],
    [
      "the login, by sentence alone",
      failed({ result: "Not logged in · Please run /login" }),
      {},
      "authentication_failed",
    ],
    [
      "the model",
      failed({ api_error_status: 404 }),
      { assistantError: "model_not_found" },
      "model_not_found",
    ],
    ["money", failed({ api_error_status: 400 }), { assistantError: "billing_error" }, "billing_error"],
    ["a refusal for now", failed({ api_error_status: 429 }), { assistantError: "rate_limit" }, "rate_limit"],
    [
      "the subscription's limit",
      failed({ api_error_status: 429 }),
      { assistantError: "rate_limit", limitRejected: true },
      "usage_limit",
    ],
    [
      "the subscription's limit, by sentence alone",
      failed({ result: "You've hit your 5-hour limit · resets 3am" }),
      { assistantError: "rate_limit" },
      "usage_limit",
    ],
    ["the server", failed({ api_error_status: 500 }), { assistantError: "server_error" }, "server_error"],
    ["the server, by status alone", failed({ api_error_status: 502 }), {}, "server_error"],
    [
      "an overloaded server",
      failed({}),
      { assistantError: "server_error", retryError: "overloaded" },
      "overloaded",
    ],
    ["an overloaded server, by status alone", failed({ api_error_status: 529 }), {}, "overloaded"],
    [
      "no connection",
      failed({ result: "API Error: Unable to connect to API (ConnectionRefused)" }),
      {},
      "server_error",
    ],
    ["a stalled stream", failed({ result: "API Error: The operation timed out." }), {}, "server_error"],
    [
      "a prompt too long",
      failed({ terminal_reason: "prompt_too_long" }),
      { assistantError: "invalid_request" },
      "prompt_too_long",
    ],
    [
      "a request too large",
      failed({ result: "Request too large (max 32MB)" }),
      { assistantError: "invalid_request" },
      "prompt_too_long",
    ],
    ["something new", failed({}), { assistantError: "from_the_future" }, "unknown"],
    ["nothing at all in the line", {}, {}, "unknown"],
  ])("%s", (_what, raw, facts, code) => {
    const result = decodeResult({ ...raw }, { ...NOTHING, ...facts });
    expect(result.errorCode).toBe(code);
    expect(result.ok).toBe(code === null);
  });
});

test("a limit's end is given with the limit only", () => {
  const facts = { ...NOTHING, limitRejected: true, limitResetsAtMs: 5_000, assistantError: "rate_limit" };
  expect(decodeResult({ ...failed({}) }, facts).resetsAtMs).toBe(5_000);
  expect(
    decodeResult({ ...failed({}) }, { ...facts, assistantError: "server_error" }).resetsAtMs,
  ).toBeUndefined();
});

test("cost is what this turn has added, and never negative", () => {
  const raw = { subtype: "success", is_error: false, result: "x", total_cost_usd: 0.75 };
  expect(decodeResult(raw, { ...NOTHING, costBeforeUsd: 0.5 }).costUsd).toBe(0.25);
  expect(decodeResult(raw, { ...NOTHING, costBeforeUsd: 1 }).costUsd).toBe(0);
});

test("a failure without a sentence says its errors; an interrupted turn does not", () => {
  const raw = { subtype: "error_during_execution", is_error: true, errors: ["No conversation found", "b"] };
  expect(decodeResult(raw, NOTHING).text).toBe("No conversation found; b");
  expect(decodeResult({ ...raw, terminal_reason: "aborted_tools" }, NOTHING).text).toBe("");
});

test("fields of another kind read as absent", () => {
  const raw = {
    subtype: 5,
    is_error: "yes",
    result: {},
    usage: [],
    permission_denials: "x",
    num_turns: "3",
    total_cost_usd: null,
  };
  expect(decodeResult(raw, NOTHING)).toMatchObject({
    numTurns: 0,
    costUsd: 0,
    permissionDenials: [],
    usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheCreationTokens: 0 },
  });
});
