import type { Conversation, ToolRound } from "./messages-api/index.ts";

/** Stands at the head of every answer, so that nobody takes it for Claude's. */
export const DEMO_LABEL = "[demo]";

const LONGEST_ECHO_CHARS = 600;
const LONGEST_QUOTE_CHARS = 80;

export type DemoToolName = "tool" | "approval";

/** What the demo model says, in one language. */
export interface DemoTexts {
  echo(conversation: Conversation): string;
  beforeTool(name: DemoToolName): string;
  afterTool(round: ToolRound, steering: readonly string[]): string;
  withoutBash(): string;
  slow(): string;
  long(): string;
}

export function demoTextsFor(prompt: string): DemoTexts {
  return /\p{Script=Han}/u.test(prompt) ? chinese : english;
}

const english: DemoTexts = {
  echo: (conversation) =>
    paragraphs(
      conversation.earlier.length === 0
        ? `${DEMO_LABEL} Hello! I am Steward's built-in demo model: the session and the Claude CLI are real, but there is no intelligence behind me. I repeat, count and remember.`
        : `${DEMO_LABEL} You said:`,
      quote(conversation.current.text),
      conversation.current.attachments > 0 &&
        `Attached: ${conversation.current.attachments}. I cannot look at it.`,
      conversation.summary !== null && "Older messages of this conversation were compacted into a summary.",
      englishMemory(conversation.earlier.map(({ text }) => text)),
      conversation.earlier.length === 0 &&
        "Try `demo tool`, `demo approval`, `demo long` or `demo slow`; or write something else and see that I remember this message.",
      "To go live: run `claude` once and log in (or set `ANTHROPIC_API_KEY`), then restart Steward.",
    ),
  beforeTool: (name) =>
    name === "tool"
      ? `${DEMO_LABEL} I ask the CLI to run \`date\`. It is harmless.`
      : `${DEMO_LABEL} I ask the CLI to create an empty file. It has to ask you first.`,
  afterTool: (round, steering) =>
    paragraphs(
      round.result?.isError === true
        ? `${DEMO_LABEL} The tool did not run:`
        : `${DEMO_LABEL} The tool has run. It answered:`,
      codeBlock(round.result?.text ?? ""),
      ...steering.map((text) => `Meanwhile you said: “${shorten(text)}”`),
    ),
  withoutBash: () => `${DEMO_LABEL} This session has no Bash tool, so there is nothing to show.`,
  slow: () =>
    `${DEMO_LABEL} I count slowly, so that you can try to stop me: ${numbersUpTo(20)} and that was all.`,
  long: () =>
    longAnswer(
      `${DEMO_LABEL} A long answer`,
      "It shows how Markdown arrives in your chat. None of it is news.",
    ),
};

const chinese: DemoTexts = {
  echo: (conversation) =>
    paragraphs(
      conversation.earlier.length === 0
        ? `${DEMO_LABEL} 你好！我是 Steward 内置的演示模型：会话和 Claude CLI 都是真的，但我没有智能，只会重复、计数和记住。`
        : `${DEMO_LABEL} 你说：`,
      quote(conversation.current.text),
      conversation.current.attachments > 0 &&
        `附件：${conversation.current.attachments} 个。我看不到它的内容。`,
      conversation.summary !== null && "这次对话较早的消息已压缩成摘要。",
      chineseMemory(conversation.earlier.map(({ text }) => text)),
      conversation.earlier.length === 0 &&
        "可以试试：`演示工具`、`演示审批`、`演示长文`、`演示慢`；或者再说点别的，看我是否记得这条消息。",
      "正式使用：运行一次 `claude` 并登录（或设置 `ANTHROPIC_API_KEY`），然后重启 Steward。",
    ),
  beforeTool: (name) =>
    name === "tool"
      ? `${DEMO_LABEL} 我请 CLI 运行 \`date\`，这是无害的。`
      : `${DEMO_LABEL} 我请 CLI 建一个空文件，它要先问过你。`,
  afterTool: (round, steering) =>
    paragraphs(
      round.result?.isError === true
        ? `${DEMO_LABEL} 工具没有运行：`
        : `${DEMO_LABEL} 工具运行完毕，结果是：`,
      codeBlock(round.result?.text ?? ""),
      ...steering.map((text) => `这期间你说了：“${shorten(text)}”`),
    ),
  withoutBash: () => `${DEMO_LABEL} 这个会话没有 Bash 工具，无法演示。`,
  slow: () => `${DEMO_LABEL} 我慢慢数数，你可以试着停下我：${numbersUpTo(20)} 数完了。`,
  long: () => longAnswer(`${DEMO_LABEL} 一篇长回答`, "用来看 Markdown 在聊天里是什么样子，内容没有新意。"),
};

function englishMemory(earlier: readonly string[]): string {
  const [first] = earlier;
  const previous = earlier.at(-1);
  if (first === undefined || previous === undefined) return "This is the first message of this conversation.";
  const number = `This is message ${earlier.length + 1} of this conversation.`;
  if (earlier.length === 1) return `${number} Before it you said “${shorten(first)}”.`;
  return `${number} It began with “${shorten(first)}”; just before this you said “${shorten(previous)}”.`;
}

function chineseMemory(earlier: readonly string[]): string {
  const [first] = earlier;
  const previous = earlier.at(-1);
  if (first === undefined || previous === undefined) return "这是本次对话的第一条消息。";
  const number = `这是本次对话的第 ${earlier.length + 1} 条消息。`;
  if (earlier.length === 1) return `${number}上一条你说的是“${shorten(first)}”。`;
  return `${number}第一条是“${shorten(first)}”，上一条是“${shorten(previous)}”。`;
}

function longAnswer(title: string, opening: string): string {
  return `# ${title}

${opening}

## Text

**Bold**, *italic*, ~~struck out~~, \`inline code\` and a [link](https://example.com). A sentence with an emoji 🚀 and one in Chinese: Steward 把 Telegram 变成 Claude Code 的遥控器。

> A quotation
> of two lines.

## Lists

1. first
2. second
   - nested
   - 嵌套的一项
3. third

## Table

| What | 中文 | Number |
|---|---|---:|
| session | 会话 | 1 |
| memory | 记忆 | 22 |
| schedule | 定时任务 | 333 |

## Code

\`\`\`ts
export function greet(name: string): string {
  return \`Hello, \${name}! 你好！\`; // <not> & "escaped"
}
\`\`\`

## 中文一段

这一段是中文，没有空格，用来检查换行、字数和搜索。标点，也在里面：“引号”、《书名号》，以及……省略号。

---

${Array.from({ length: 12 }, (_, index) => `${index + 1}. Line ${index + 1} of a list that makes this answer long enough to scroll.`).join("\n")}
`;
}

function quote(text: string): string {
  const short = shorten(text, LONGEST_ECHO_CHARS);
  return short === "" ? "" : `> ${short.replaceAll("\n", "\n> ")}`;
}

function codeBlock(text: string): string {
  return `\`\`\`\n${shorten(text, LONGEST_ECHO_CHARS).replaceAll("```", "'''")}\n\`\`\``;
}

function numbersUpTo(last: number): string {
  return Array.from({ length: last }, (_, index) => index + 1).join(" ");
}

/** Cuts between graphemes, never inside an emoji. */
function shorten(text: string, limit = LONGEST_QUOTE_CHARS): string {
  const trimmed = text.trim();
  if (trimmed.length <= limit) return trimmed;
  const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(trimmed);
  let cut = "";
  for (const { segment } of graphemes) {
    if (cut.length + segment.length > limit) break;
    cut += segment;
  }
  return `${cut}…`;
}

function paragraphs(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false && part !== "").join("\n\n");
}
