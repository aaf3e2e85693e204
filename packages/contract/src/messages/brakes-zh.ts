import type { brakesEn } from "./brakes-en.ts";

/** Holds, limits, caps and the emergency brake, in Chinese. */
export const brakesZh: Record<keyof typeof brakesEn, string> = {
  "error.rate_limited": "短时间内消息太多。请在 {seconds} 秒后再试。",
  "error.stopped_by_panic": "⏹ 已停止：有人按下了紧急停止。",
  "error.queue_held": "未执行：{reason}请在此之后重新发送。",
  "error.budget_exceeded":
    "未发送：{scope}今日（UTC）允许 {cap}，已花费 {spent}。UTC 零点后恢复；如需提高上限，请在服务器上运行 `steward settings set maxUsdPerDay …`。",
  "error.budget_exceeded_turn":
    "已停止：本轮已花费 {spent}，每轮上限为 {cap}。如需提高上限，请在服务器上运行 `steward settings set maxUsdPerTurn …`。",
  "budget.scope.global": "全部会话",
  "budget.scope.bot": "此机器人",
  "budget.scope.chat": "此聊天",
  "notice.rate_limited": "🐢 短时间内消息太多，这条消息没有被接收。请在 {seconds} 秒后重新发送。",
  "notice.limit_warning": "⚠️ 您的 Claude 用量额度已所剩不多，重置时间：{at}。",
  "notice.hold.panic":
    "🛑 一切已紧急停止。您的消息已保留，解除后处理：发送 /resume，或在服务器上运行 `steward panic --release`。",
  "notice.hold.usage_limit":
    "⏸ 您的 Claude 用量已达上限，重置时间：{at}。消息已保留，届时会自动回答。发送 /stop 可将其丢弃。",
  "notice.hold.usage_limit_unknown":
    "⏸ 您的 Claude 用量已达上限，但 Claude 没有说明何时重置。我会不断重试；消息已保留，之后会自动回答。发送 /stop 可将其丢弃。",
  "notice.hold.login":
    "🔑 Claude Code 的登录已失效。请在服务器上运行 `claude` 并使用 /login（或更换 ANTHROPIC_API_KEY）。消息已保留，登录恢复后会自动回答。",
  "notice.hold.budget": "⏸ 已达到费用上限。您的消息已保留。",
  "hold.panic": "一切已紧急停止。",
  "hold.usage_limit": "Claude 用量已达上限，重置时间：{at}。",
  "hold.usage_limit_unknown": "Claude 用量已达上限。",
  "hold.login": "Claude Code 尚未登录。",
  "hold.budget": "已达到费用上限。",
  "bot.command.panic": "紧急停止一切",
  "bot.command.resume": "解除紧急停止",
  "bot.panic_done":
    "🛑 一切已停止：运行中 {stopped} 个，等待中 {waiting} 个。新消息会保留，但不会执行任何任务，重启后也一样。发送 /resume 解除。",
  "bot.resume_done": "▶️ 已解除。现在处理等待中的 {waiting} 个任务。",
  "bot.resume_nothing": "当前没有处于紧急停止状态。",
  "cli.describe.panic": "立即停止一切，直到解除",
  "cli.option.panic_release": "解除停止，恢复运行",
  "cli.panic.done":
    "一切已停止：运行中的任务 {stopped} 个，Claude 进程 {ended} 个。等待中的任务：{waiting}。",
  "cli.panic.next": "新消息会保留；在运行 steward panic --release 之前不会执行任何任务",
  "cli.panic.released": "已解除。现在开始运行的任务：{waiting}。",
  "cli.panic.nothing": "当前没有处于停止状态。",
  "cli.status.hold": "⏸ {reason}自 {since} 起。",
  "cli.doctor.hold": "{reason}任务自 {since} 起等待。",
  "cli.doctor.hold_panic_fix": "请运行 steward panic --release",
  "cli.doctor.hold_login_fix": "在服务器上运行 `claude` 并使用 /login",
};
