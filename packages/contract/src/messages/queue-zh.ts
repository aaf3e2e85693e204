import type { queueEn } from "./queue-en.ts";

/** What waits in a chat, and edits, in Chinese. */
export const queueZh: Record<keyof typeof queueEn, string> = {
  "error.turn_overtaken": "⏹ 已停止：先处理您后来的一条消息。",
  "error.turn_dropped": "🗑 已从队列中移除，没有执行。",
  "notice.edit_running":
    "✏️ 这条消息已按原来的内容开始处理，您的修改没有生效。按修改后的内容重新运行会停止正在进行的处理。",
  "notice.edit_answered": "✏️ 这条消息已按修改前的内容处理过了。需要的话，可以按修改后的内容重新运行。",
  "notice.edit_unknown": "✏️ 这次修改没有效果：我已找不到与这条消息对应的提问。请作为新消息重新发送。",
  "bot.button.run_edited": "🔁 按修改重新运行",
  "bot.button.advance": "⏩ 立即发送",
  "bot.button.drop": "✖️ 取消",
  "bot.toast.advanced": "⏩ 下一个就是它。",
  "bot.toast.advanced_stopping": "⏩ 正在停止当前任务，接下来就是它。",
  "bot.toast.has_started": "它已经开始了。可用“停止”按钮结束。",
  "bot.toast.has_ended": "它已经结束了。",
  "bot.toast.dropped": "🗑 已从队列中移除。",
  "bot.toast.running_edited": "🔁 正在按修改后的内容运行。",
  "bot.toast.edit_gone": "这次修改已经运行过了。",
  "bot.stop_reply_nothing": "那条消息没有正在运行或等待的任务。单独发送 /stop 可停止这里正在运行的任务。",
};
