import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { entityProblems, hostileMarkdown, inkOf } from "../../test/entity-rules.ts";
import { parseMarkdown } from "./markdown-tree.ts";
import { renderMarkdown } from "./render.ts";

/** The text with each entity written around what it covers: `bold{…}`. */
function show(markdown: string): string {
  const { text, entities } = renderMarkdown(markdown);
  expect(entityProblems({ text, entities })).toEqual([]);
  let shown = "";
  for (let at = 0; at <= text.length; at++) {
    const ending = entities.filter(({ offset, length }) => offset + length === at);
    shown += "}".repeat(ending.length);
    for (const entity of entities.filter(({ offset }) => offset === at)) {
      const detail =
        entity.type === "text_link" ? entity.url : entity.type === "pre" ? (entity.language ?? "") : "";
      shown += `${entity.type}${detail === "" ? "" : `:${detail}`}{`;
    }
    shown += text.charAt(at);
  }
  return shown;
}

describe("inline", () => {
  test.each([
    ["**bold** *italic* ~~gone~~ `code`", "bold{bold} italic{italic} strikethrough{gone} code{code}"],
    ["***both***", "italic{bold{both}}"],
    ["*outer _inner_ outer*", "italic{outer inner outer}"],
    ["**bold `code` bold**", "bold{bold} code{code} bold{bold}"],
    ["**`code`**", "code{code}"],
    ["[`code` in a link](https://a.b)", "text_link:https://a.b{code in a link}"],
    ["``a ` b``", "code{a ` b}"],
    ["**Cause**\nThe lock was kept.", "bold{Cause}\nThe lock was kept."],
    ["✅ tests\n❌ *lint*\nStatus: open", "✅ tests\n❌ italic{lint}\nStatus: open"],
    [`${"wrapped ".repeat(9)}\nat column 72`, `${"wrapped ".repeat(9)}at column 72`],
    [`${"很长的一行文字".repeat(5)}\n第二行`, `${"很长的一行文字".repeat(5)}第二行`],
    ["hard  \nbreak", "hard\nbreak"],
    ["2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"],
    ["**unbalanced *and _this", "**unbalanced *and _this"],
    ["~5 minutes, ~10 at most", "~5 minutes, ~10 at most"],
    ["$x_1$ and \\(y\\)", "$x_1$ and (y)"],
    ["<b>raw</b> &lt;i&gt;", "<b>raw</b> <i>"],
    ["a \\* b", "a * b"],
    ["** not bold **", "** not bold **"],
  ])("%j", (markdown, expected) => {
    expect(show(markdown)).toBe(expected);
  });
});

describe("links", () => {
  test.each([
    ["[text](https://x.y/a_(b)?c=[d])", "text_link:https://x.y/a_(b)?c=[d]{text}"],
    ["<https://x.y>", "text_link:https://x.y{https://x.y}"],
    ["see www.x.y.", "see text_link:http://www.x.y{www.x.y}."],
    ["[me](tg://user?id=5)", "text_link:tg://user?id=5{me}"],
    ["[a **bold** link](https://x.y)", "text_link:https://x.y{a bold{bold} link}"],
    ["[ref][id]\n\n[id]: https://x.y", "text_link:https://x.y{ref}"],
    ["[nowhere][id]", "[nowhere][id]"],
    ["[](https://x.y)", "text_link:https://x.y{https://x.y}"],
    ["[with space](<https://x.y/a b>)", "text_link:https://x.y/a%20b{with space}"],
    ["![alt](https://x.y/i.png)", "text_link:https://x.y/i.png{🖼 alt}"],
    ["[![badge](https://x.y/i.png)](https://x.y)", "text_link:https://x.y{🖼 badge}"],
  ])("%j opens", (markdown, expected) => {
    expect(show(markdown)).toBe(expected);
  });

  test.each([
    ["[run](javascript:alert(1))", "run (javascript:alert(1))"],
    ["[a.ts](src/a.ts)", "a.ts (src/a.ts)"],
    ["[src/a.ts](src/a.ts)", "src/a.ts"],
    ["[secrets](file:///etc/passwd)", "secrets (file:///etc/passwd)"],
    ["[app](http://localhost:3000/x)", "app (http://localhost:3000/x)"],
    ["[write](mailto:me@x.y)", "write (me@x.y)"],
    ["me@x.example", "me@x.example"],
    ["![x](data:image/png;base64,AA)", "🖼 x (data:image/png;base64,AA)"],
    [`[long](https://x.y/${"a".repeat(3000)})`, `long (https://x.y/${"a".repeat(3000)})`],
  ])("%j is text with its address", (markdown, expected) => {
    expect(show(markdown)).toBe(expected);
  });
});

describe("blocks", () => {
  test("paragraphs, headings, rules", () => {
    expect(show("# One *two*\n\ntext\n\n---\n\nUnder\n=====\n\nmore")).toBe(
      "bold{One italic{two}}\n\ntext\n\n———\n\nbold{Under}\n\nmore",
    );
  });

  test("code keeps its language, its indentation and its blank lines; tabs become spaces", () => {
    expect(show("```c++ title=x\n\n  int x;\n\n\ty;\n```")).toBe("pre:c++{  int x;\n\n    y;}");
    expect(show("> \t    indented\n")).toBe("blockquote{pre{  indented}}");
    expect(show("a\n\n    indented")).toBe("a\n\npre{indented}");
    expect(show("````md\n```js\nx\n```\n````")).toBe("pre:md{```js\nx\n```}");
  });

  test("code that is still open, as while an answer grows, is code already", () => {
    expect(show("```python\nprint(")).toBe("pre:python{print(}");
    expect(show("text\n\n```python\n")).toBe("text");
    expect(show("text\n\n```")).toBe("text");
  });

  test("a quote is one quote, whatever is nested in it", () => {
    expect(show("> a\n> > b\n>\n> ```js\n> c\n> ```\n\nafter")).toBe(
      "blockquote{a\n\nb\n\npre:js{c}}\n\nafter",
    );
  });

  test("lists: bullets, numbers, tasks, nesting, paragraphs and code inside", () => {
    const markdown = [
      "- one",
      "- two",
      "  - [x] done",
      "  - [ ] open",
      "    - deep",
      "",
      "3. three",
      "",
      "   second paragraph",
      "   ```sh",
      "   ls",
      "   ```",
      "4. four",
      "   short line",
    ].join("\n");
    expect(show(markdown)).toBe(
      [
        "• one",
        "• two",
        "   ✅ done",
        "   ⬜ open",
        "      ◦ deep",
        "",
        "3. three",
        "",
        "   second paragraph",
        "",
        "pre:sh{ls}",
        "",
        "4. four",
        "   short line",
      ].join("\n"),
    );
  });

  test("a list item that begins with code puts it on its own line", () => {
    expect(show("- ```\n  x\n  ```\n- y")).toBe("• \npre{x}\n• y");
  });

  test("footnotes keep their marks", () => {
    expect(show("Fact[^1].\n\n[^1]: Source.")).toBe("Fact[1].\n\n[1] Source.");
  });

  test("raw HTML is text", () => {
    expect(show('<div onclick="x">\nhi\n</div>')).toBe('<div onclick="x">\nhi\n</div>');
  });

  test("nothing comes of nothing", () => {
    for (const empty of ["", "  \n\n", "[a]: https://x.y", "```\n```"]) {
      expect(renderMarkdown(empty)).toEqual({ text: "", entities: [] });
    }
  });
});

describe("tables", () => {
  test("a narrow one is aligned text, wide characters counted as two columns", () => {
    const { text, entities } = renderMarkdown(
      "| 名字 | n | 🎉 |\n|:--|--:|:-:|\n| 张三 | 1 | a |\n| x \\| y | 22 | `b` |",
    );
    expect(text).toBe(["名字  │  n │ 🎉", "──────┼────┼───", "张三  │  1 │ a", "x | y │ 22 │ b"].join("\n"));
    expect(entities).toEqual([{ type: "pre", offset: 0, length: text.length }]);
  });

  test("one that a phone cannot show becomes records", () => {
    const markdown =
      "| Name | What it **does** |\n|---|---|\n| lint | finds what a compiler does not look for |\n| test |  |";
    expect(show(markdown)).toBe(
      "bold{Name}: lint\nbold{What it does}: finds what a compiler does not look for\n\nbold{Name}: test",
    );
  });

  test("one with links becomes records, so that they can be tapped", () => {
    expect(show("| a | b |\n|---|---|\n| 1 | [x](https://x.y) |")).toBe(
      "bold{a}: 1\nbold{b}: text_link:https://x.y{x}",
    );
  });

  test("<br> in a cell is a line break, or a space where lines must align", () => {
    expect(show("| a |\n|---|\n| 1<br>2 |")).toBe("pre{a\n───\n1 2}");
    const wide = "x".repeat(50);
    expect(show(`| a |\n|---|\n| ${wide}<br/>2 |`)).toBe(`bold{a}: ${wide}\n2`);
  });

  test("a header alone, and a table without header text", () => {
    expect(show("| a | b |\n|---|---|")).toBe("pre{a │ b\n──┼──}");
    expect(show("| | |\n|---|---|\n| 1 | 2 |")).toBe("pre{1 │ 2}");
  });
});

describe("characters", () => {
  test("right-to-left text, joined emoji, flags and marks pass unchanged, with offsets that fit", () => {
    const { text, entities } = renderMarkdown("שלום **עולם** 👨‍👩‍👧 *🇩🇪* e\u0301 `👍🏽`");
    expect(text).toBe("שלום עולם 👨‍👩‍👧 🇩🇪 e\u0301 👍🏽");
    expect(entities.map(({ offset, length }) => text.slice(offset, offset + length))).toEqual([
      "עולם",
      "🇩🇪",
      "👍🏽",
    ]);
  });

  test("what the server would drop or refuse is gone before: controls, colours, overrides, half pairs", () => {
    expect(renderMarkdown("a\u0000b \u001b[1;31mred\u001b[0m \u202eevil\u202c \ud83d! &#x202e;x").text).toBe(
      "ab red evil \ufffd! x",
    );
    expect(renderMarkdown("a\r\n\r\nb\u2028\u2029c").text).toBe("a\n\nb\n\nc");
  });

  test("a ring above, as file names on a Mac carry it, survives", () => {
    expect(renderMarkdown("A\u030angstro\u0308m").text).toBe("\u00c5ngstro\u0308m");
  });
});

describe("any input", () => {
  test("gives a text whose entities the server keeps", () => {
    fc.assert(
      fc.property(hostileMarkdown(60), (markdown) => {
        const rendered = renderMarkdown(markdown);
        expect(entityProblems(rendered)).toEqual([]);
        expect(rendered.text).toBe(rendered.text.trimEnd());
      }),
      { numRuns: 800 },
    );
  });

  test("keeps every visible character of text without markup", () => {
    const plain = fc
      .array(
        fc.constantFrom("word", "слово", "שלום", "漢字", "，", "👨‍👩‍👧", "🇩🇪", "é", " ", "\n", "\n\n", ", "),
        {
          maxLength: 80,
        },
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(plain, (text) => {
        const rendered = renderMarkdown(text);
        // Four spaces in front would make it code.
        expect(inkOf(rendered.text)).toBe(inkOf(text));
      }),
    );
  });

  test("keeps code to the letter", () => {
    const line = fc.string({ unit: fc.constantFrom(..."ab*_`|<&\\[] 漢👍"), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
        const code = lines.join("\n");
        const { text } = renderMarkdown(`~~~~\n${code}\n~~~~`);
        expect(text).toBe(inkOf(code) === "" ? "" : code.replace(/^(?:[^\S\n]*\n)+/, "").trimEnd());
      }),
    );
  });
});

describe("speed", () => {
  const section = (i: number): string => `## ${i}. What happens in \`manager.ts\`

The manager keeps **one live process** per conversation and suspends it after five minutes of silence; see [the
design](https://example.org/design) for the *whole* table.

- **Spawning**: the memory is checked first
  - a tool that asks waits for a person
- **Ready**: warm, free, \`first\` in line

\`\`\`ts
export function transition(state: State, event: Event): Next {
  return event.type === "message" ? { state: "spawning" } : { state };
}
\`\`\`

| State | Message |
|---|---|
| idle | spawning |
`;

  const document = (units: number): string =>
    Array.from({ length: 200 }, (_, i) => section(i))
      .join("\n")
      .slice(0, units);

  /** The best of several runs: others share the machine. */
  function bestMs(work: () => void): number {
    const times: number[] = [];
    for (let run = 0; run < 8; run++) {
      const startedMs = performance.now();
      work();
      times.push(performance.now() - startedMs);
    }
    return Math.min(...times);
  }

  test("rendering costs little more than parsing, and grows with the text and not faster", () => {
    const single = document(20_000);
    const double = document(40_000);
    renderMarkdown(double);
    const parseMs = bestMs(() => parseMarkdown(single));
    const renderMs = bestMs(() => renderMarkdown(single));
    const doubleMs = bestMs(() => renderMarkdown(double));
    expect(renderMs / parseMs).toBeLessThan(2);
    expect(doubleMs / renderMs).toBeLessThan(3.5);
  });

  test.each([
    ["brackets", "[".repeat(20_000)],
    ["emphasis", "*a ".repeat(7000)],
    ["quotes", "> ".repeat(2000)],
    ["backticks", "`".repeat(10_001).replace(/`{37}/g, "$& ")],
    ["links", "[a](".repeat(5000)],
  ])("a flood of %s does not hang", (_, markdown) => {
    const startedMs = performance.now();
    renderMarkdown(markdown);
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });
});
