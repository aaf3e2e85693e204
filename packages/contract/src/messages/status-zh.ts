import type { statusEn } from "./status-en.ts";

/** The status message of a turn at work, in Chinese. */
export const statusZh: Record<keyof typeof statusEn, string> = {
  "bot.activity.starting": "🚀 正在启动…",
  "bot.activity.thinking": "💭 思考中…",
  "bot.activity.working": "⚙️ 处理中…",
  "bot.activity.writing": "✍️ 正在撰写…",
  "bot.activity.waiting_for_approval": "✋ 等待您的批准…",
  "bot.activity.compacting": "🗜 正在压缩对话…",
  "bot.activity.stopping": "⏹ 正在停止…",
  "bot.activity.queued": "⏳ 排队中",
  "bot.activity.queued_at": "⏳ 排队中（第 {position} 位）",
  "bot.activity.retrying": "🔁 模型没有回应，{seconds} 秒后重试（{attempt}/{attempts}）…",
  "bot.activity.one_tool": "1 次工具调用",
  "bot.activity.tools": "{count} 次工具调用",
  "bot.activity.hidden": "…（另有 {count}）…",
  "bot.failed_ping": "⚠️ {duration} 后结束，没有得到回答。",
  "bot.whole_answer": "📄 回答未完，全文（{characters} 个字符）见下方文件。",
};
