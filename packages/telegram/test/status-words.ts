import type { StatusWords } from "../src/status/status-words.ts";

const wordsOf = (
  states: StatusWords["states"],
  queued: string,
  tools: (count: number) => string,
): StatusWords => ({
  states,
  queued: (position) => (position === null ? queued : `${queued} ${position}`),
  retrying: (attempt, attempts, delayS) => `again in ${delayS} s (${attempt}/${attempts})`,
  tools,
  hidden: (count) => `… ${count} more …`,
});

/** Words in two languages, short and made up: the real ones are the catalogue's. */
export const STATUS_WORDS = {
  en: wordsOf(
    {
      starting: "🚀 Starting…",
      thinking: "💭 Thinking…",
      working: "⚙️ Working…",
      writing: "✍️ Writing…",
      waiting_for_approval: "✋ Waiting…",
      compacting: "🗜 Compacting…",
      stopping: "⏹ Stopping…",
    },
    "⏳ Queued",
    (count) => `tools: ${count}`,
  ),
  zh: wordsOf(
    {
      starting: "🚀 启动…",
      thinking: "💭 思考…",
      working: "⚙️ 处理…",
      writing: "✍️ 撰写…",
      waiting_for_approval: "✋ 等待…",
      compacting: "🗜 压缩…",
      stopping: "⏹ 停止…",
    },
    "⏳ 排队",
    (count) => `工具 ${count}`,
  ),
};
