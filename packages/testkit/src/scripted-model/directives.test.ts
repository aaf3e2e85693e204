import { describe, expect, test } from "vitest";
import { parseDirectives, type Step } from "./directives.ts";

function only(prompt: string): Step {
  const { steps, problems } = parseDirectives(prompt);
  expect(problems).toEqual([]);
  expect(steps).toHaveLength(1);
  const [step] = steps;
  if (step === undefined) throw new Error("no step");
  return step;
}

describe("parseDirectives", () => {
  test("a prompt without directives asks for the default answer", () => {
    const step = only("Hello, please SAY something: slow:3 or err 500? constructor __proto__");
    expect(step).toMatchObject({ say: null, tool: null, fault: null, slow: null, gate: null, recall: false });
  });

  test("SAY and THINK take the rest of their line, with line breaks written as \\n", () => {
    expect(only("SAY:one two\\nthree").say).toBe("one two\nthree");
    expect(only("please THINK:hm hm\nSAY:a\nSAY:b")).toMatchObject({ think: "hm hm", say: "a\nb" });
  });

  test("words before SAY on the same line count", () => {
    expect(only("SLOW:5:20 GATE:g SAY:GATE:other is only text")).toMatchObject({
      slow: { chunks: 5, everyMs: 20 },
      gate: "g",
      say: "GATE:other is only text",
    });
  });

  test.each([
    ["ERR:500", { kind: "ERR", status: 500, times: Number.POSITIVE_INFINITY, variant: "" }],
    ["ERR:400:2:long", { kind: "ERR", status: 400, times: 2, variant: "long" }],
    ["ERR:400::credit", { kind: "ERR", status: 400, times: Number.POSITIVE_INFINITY, variant: "credit" }],
    ["HANG", { kind: "HANG", times: Number.POSITIVE_INFINITY }],
    ["MIDDROP:1", { kind: "MIDDROP", times: 1 }],
  ])("%s is a fault", (prompt, fault) => {
    expect(only(prompt).fault).toEqual(fault);
  });

  test("PAD, RECALL, RLH, RETRYAFTER and CTX", () => {
    expect(only("PAD:50 RECALL RLH:allowed_warning:seven_day RETRYAFTER:3")).toMatchObject({
      padChars: 50,
      recall: true,
      limit: { status: "allowed_warning", claim: "seven_day" },
      retryAfterSeconds: 3,
    });
    expect(parseDirectives("CTX:190000").contextTokens).toBe(190000);
    expect(parseDirectives("hello").contextTokens).toBeNull();
  });

  test("each TOOL closes a step", () => {
    const { steps, problems } = parseDirectives(
      'SAY:before\nTOOL:Bash:{"command":"echo a: b"}\nERR:500:1\nTOOL:mcp__mem__save:{}\nSAY:after HANG',
    );
    expect(problems).toEqual([]);
    expect(steps).toMatchObject([
      { say: "before", tool: { name: "Bash", input: { command: "echo a: b" } }, fault: null },
      { say: null, tool: { name: "mcp__mem__save", input: {} }, fault: { kind: "ERR" } },
      { say: "after HANG", tool: null, fault: null },
    ]);
  });

  test("LOOPTOOL never gets to a next step", () => {
    expect(only("LOOPTOOL")).toMatchObject({
      loop: true,
      tool: { name: "Bash", input: { command: "true" } },
    });
    expect(only('LOOPTOOL:Read:{"file_path":"/x"}')).toMatchObject({ loop: true, tool: { name: "Read" } });
  });

  test.each([
    "SLOW:x:y",
    "SLOW:3",
    "GATE:",
    "ERR:",
    "RLH:maybe",
    "TOOL:Bash:{broken",
    "TOOL:Bash:[]",
    "PAD:x",
  ])("%s is a problem, not a silent default", (prompt) => {
    expect(parseDirectives(prompt).problems).not.toEqual([]);
  });
});
