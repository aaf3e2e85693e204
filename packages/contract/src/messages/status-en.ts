/** The status message of a turn at work, in English. */
export const statusEn = {
  "bot.activity.starting": "🚀 Starting…",
  "bot.activity.thinking": "💭 Thinking…",
  "bot.activity.working": "⚙️ Working…",
  "bot.activity.writing": "✍️ Writing…",
  "bot.activity.waiting_for_approval": "✋ Waiting for your approval…",
  "bot.activity.compacting": "🗜 Compacting the conversation…",
  "bot.activity.stopping": "⏹ Stopping…",
  "bot.activity.queued": "⏳ Queued",
  "bot.activity.queued_at": "⏳ Queued (#{position})",
  "bot.activity.retrying":
    "🔁 The model is not answering, trying again in {seconds} s ({attempt}/{attempts})…",
  "bot.activity.one_tool": "1 tool",
  "bot.activity.tools": "{count} tools",
  "bot.activity.hidden": "… {count} more …",
  "bot.failed_ping": "⚠️ Ended without an answer after {duration}.",
  "bot.whole_answer": "📄 The answer goes on: all of it is in the file below ({characters} characters).",
} as const;
