/** What a turn is doing, as far as a person waiting for it wants to know. */
export type StatusState =
  | "queued"
  | "starting"
  | "thinking"
  | "working"
  | "writing"
  | "waiting_for_approval"
  | "compacting"
  | "stopping";

export type StatusLanguage = "en" | "zh";

export interface StatusWords {
  states: Readonly<Record<Exclude<StatusState, "queued">, string>>;
  queued(position: number | null): string;
  retrying(attempt: number, maxRetries: number, delayS: number): string;
  tools(count: number): string;
}

export const STATUS_WORDS: Readonly<Record<StatusLanguage, StatusWords>> = {
  en: {
    states: {
      starting: "🚀 Starting…",
      thinking: "💭 Thinking…",
      working: "⚙️ Working…",
      writing: "✍️ Writing…",
      waiting_for_approval: "✋ Waiting for your approval…",
      compacting: "🗜 Compacting the conversation…",
      stopping: "⏹ Stopping…",
    },
    queued: (position) => (position === null ? "⏳ Queued" : `⏳ Queued (#${position})`),
    retrying: (attempt, maxRetries, delayS) =>
      `🔁 The model is not answering, trying again in ${delayS} s (${attempt}/${maxRetries})…`,
    tools: (count) => (count === 1 ? "1 tool" : `${count} tools`),
  },
  zh: {
    states: {
      starting: "🚀 正在启动…",
      thinking: "💭 思考中…",
      working: "⚙️ 处理中…",
      writing: "✍️ 正在撰写…",
      waiting_for_approval: "✋ 等待您的批准…",
      compacting: "🗜 正在压缩对话…",
      stopping: "⏹ 正在停止…",
    },
    queued: (position) => (position === null ? "⏳ 排队中" : `⏳ 排队中（第 ${position} 位）`),
    retrying: (attempt, maxRetries, delayS) =>
      `🔁 模型没有回应，${delayS} 秒后重试（${attempt}/${maxRetries}）…`,
    tools: (count) => `${count} 次工具调用`,
  },
};
