import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { entityProblems, hostileMarkdown } from "../../test/entity-rules.ts";
import { STATUS_WORDS } from "../../test/status-words.ts";
import { formatElapsed, renderStatus, type StatusTool, type StatusView } from "./status-text.ts";

const view = (changes: Partial<StatusView>): StatusView => ({
  state: "working",
  elapsedMs: 42_000,
  tools: [],
  text: "",
  words: STATUS_WORDS.en,
  ...changes,
});

const tool = (name: string, summary: unknown, changes: Partial<StatusTool> = {}): StatusTool => ({
  name,
  summary,
  finished: true,
  isError: false,
  ...changes,
});

describe("the first line", () => {
  test.each<[Partial<StatusView>, string, string]>([
    [{}, "⚙️ Working… 0:42", "⚙️ 处理… 0:42"],
    [{ state: "thinking", elapsedMs: 3_723_000 }, "💭 Thinking… 1:02:03", "💭 思考… 1:02:03"],
    [{ tools: [tool("Read", "")] }, "⚙️ Working… 0:42 · tools: 1", "⚙️ 处理… 0:42 · 工具 1"],
    [{ tools: Array(5).fill(tool("Read", "")) }, "⚙️ Working… 0:42 · tools: 5", "⚙️ 处理… 0:42 · 工具 5"],
    [{ state: "queued", queuePosition: 2 }, "⏳ Queued 2", "⏳ 排队 2"],
    [{ state: "queued" }, "⏳ Queued", "⏳ 排队"],
    [
      { retry: { attempt: 2, maxRetries: 10, delayMs: 4200 } },
      "again in 5 s (2/10) 0:42",
      "again in 5 s (2/10) 0:42",
    ],
  ])("of %j", (changes, english, chinese) => {
    expect(renderStatus(view(changes)).text.split("\n")[0]).toBe(english);
    expect(renderStatus(view({ ...changes, words: STATUS_WORDS.zh })).text.split("\n")[0]).toBe(chinese);
  });

  test.each([
    [-5, "0:00"],
    [59_999, "0:59"],
    [60_000, "1:00"],
    [3_600_000, "1:00:00"],
  ])("shows %i ms as %s", (ms, expected) => {
    expect(formatElapsed(ms)).toBe(expected);
  });
});

describe("the tools", () => {
  test("stand in a quote, their details as code, so that no file name becomes a link", () => {
    const tools = [
      tool("Read", "README.md"),
      tool("Bash", "npm test", { isError: true }),
      tool("Odd", "", { finished: false }),
    ];
    const { text, entities } = renderStatus(view({ tools }));
    expect(text).toBe("⚙️ Working… 0:42 · tools: 3\n📖 Read README.md\n⚙️ Bash npm test ✗\n🔧 Odd …");
    const covered = entities.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)]);
    expect(covered).toEqual([
      ["blockquote", "📖 Read README.md\n⚙️ Bash npm test ✗\n🔧 Odd …"],
      ["code", "README.md"],
      ["code", "npm test"],
    ]);
  });

  test("are the last five, three once there is text", () => {
    const tools = Array.from({ length: 9 }, (_, i) => tool("Read", `file${i}`));
    const shown = (text: string) => renderStatus(view({ tools, text })).text.match(/file\d/g);
    expect(shown("")).toEqual(["file4", "file5", "file6", "file7", "file8"]);
    expect(shown("Answer")).toEqual(["file6", "file7", "file8"]);
  });
});

describe("the text", () => {
  test("is rendered below", () => {
    expect(renderStatus(view({ text: "so **far**" }))).toEqual({
      text: "⚙️ Working… 0:42\n\nso far",
      entities: [{ type: "bold", offset: 21, length: 3 }],
    });
  });

  test("shows its end when it is longer than a message, from the beginning of a line", () => {
    const text = Array.from({ length: 2000 }, (_, i) => `Line ${i} of the answer.`).join("\n\n");
    const shown = renderStatus(view({ text })).text;
    expect(shown.length).toBeGreaterThan(3800);
    expect(shown.length).toBeLessThanOrEqual(4096);
    expect(shown).toMatch(/^⚙️ Working… 0:42\n\n…\n\n?Line \d+ of/);
    expect(shown.endsWith("Line 1999 of the answer.")).toBe(true);
  });

  test("in the middle of long code is still code", () => {
    const code = Array.from({ length: 2000 }, (_, i) => `print(${i})`).join("\n");
    const { text, entities } = renderStatus(view({ text: `Intro\n\n\`\`\`py\n${code}` }));
    const [entity] = entities;
    expect(entity).toMatchObject({ type: "pre", language: "py" });
    expect((entity?.offset ?? 0) + (entity?.length ?? 0)).toBe(text.length);
  });

  test("after code that ended long ago is not", () => {
    const prose = Array.from({ length: 600 }, (_, i) => `Sentence ${i} of the prose.`).join("\n\n");
    const { entities } = renderStatus(view({ text: `\`\`\`py\nx\n\`\`\`\n\n${prose}` }));
    expect(entities).toEqual([]);
  });
});

test("whatever happens, it is a message that can be sent", () => {
  const anyTool = fc.record({
    name: fc.oneof(fc.constantFrom("Read", "Bash", "TodoWrite", "mcp__a__b"), hostileMarkdown(5)),
    summary: fc.oneof(hostileMarkdown(20), fc.anything()),
    finished: fc.boolean(),
    isError: fc.boolean(),
  });
  fc.assert(
    fc.property(
      hostileMarkdown(60),
      fc.integer({ min: 0, max: 60 }),
      fc.array(anyTool, { maxLength: 8 }),
      fc.constantFrom(0 as const, 1 as const, 2 as const),
      hostileMarkdown(300),
      (markdown, times, tools, verbosity, thinking) => {
        const note = "Answer the question above.";
        const status = renderStatus(view({ text: markdown.repeat(times), tools, verbosity, note, thinking }));
        expect(entityProblems(status)).toEqual([]);
        expect(status.text.length).toBeLessThanOrEqual(4096);
        expect(status.entities.length).toBeLessThanOrEqual(100);
      },
    ),
    { numRuns: 150 },
  );
});

test("a note stands between the tools and the text", () => {
  const shown = renderStatus(
    view({
      state: "waiting_for_approval",
      tools: [tool("Read", "a.ts")],
      note: "• Bash: rm x",
      text: "so far",
    }),
  ).text;
  expect(shown).toMatch(/^✋ Waiting… 0:42 · tools: 1\n.*a\.ts\n• Bash: rm x\n\nso far$/u);
});

describe("verbosity", () => {
  const tools = Array.from({ length: 40 }, (_, i) => tool("Read", `file${i}.ts`));

  test("0 is the state alone", () => {
    expect(renderStatus(view({ verbosity: 0, tools, text: "so far" })).text).toBe(
      "⚙️ Working… 0:42 · tools: 40",
    );
    expect(renderStatus(view({ verbosity: 0, note: "approve me" })).text).toBe("⚙️ Working… 0:42\napprove me");
  });

  test("2 is every tool that fits, folded, and says how many do not", () => {
    const few = renderStatus(view({ verbosity: 2, tools: tools.slice(0, 9), text: "so far" }));
    expect(few.text.match(/file\d+/g)).toHaveLength(9);
    expect(few.entities[0]).toMatchObject({ type: "expandable_blockquote" });
    const many = renderStatus(view({ verbosity: 2, tools: [...tools, ...tools] })).text;
    const shown = many.match(/file\d+/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(40);
    expect(many).toContain(`… ${80 - shown} more …`);
    expect(many).toContain("file39.ts");
  });

  test("what the model thinks is folded, its end", () => {
    const { text, entities } = renderStatus(
      view({ state: "thinking", thinking: `${"hm ".repeat(500)}so **x**` }),
    );
    expect(text).toMatch(/^💭 Thinking… 0:42\n….*so \*\*x\*\*$/s);
    expect(entities).toEqual([{ type: "expandable_blockquote", offset: 18, length: text.length - 18 }]);
  });
});
