/** Holds, limits, caps and the emergency brake, in English. */
export const brakesEn = {
  "error.rate_limited": "Too many messages in a short time. Please try again in {seconds} s.",
  "error.stopped_by_panic": "⏹ Stopped: somebody has stopped everything (panic).",
  "error.queue_held": "Not run: {reason} Please send it again after that.",
  "error.budget_exceeded":
    "Not sent: {spent} of the {cap} allowed for {scope} today (UTC) are spent. It goes on after midnight UTC; to raise it, on the server: `steward settings set maxUsdPerDay …`.",
  "error.budget_exceeded_turn":
    "Stopped: this turn has cost {spent}, and a turn may cost {cap}. To raise it, on the server: `steward settings set maxUsdPerTurn …`.",
  "budget.scope.global": "everything together",
  "budget.scope.bot": "this bot",
  "budget.scope.chat": "this chat",
  "notice.rate_limited":
    "🐢 That was too much in a short time, so this message was not taken. Please send it again in {seconds} s.",
  "notice.limit_warning": "⚠️ Most of your Claude usage limit is used up. It resets: {at}.",
  "notice.hold.panic":
    "🛑 Everything is stopped (panic). Your message is kept and waits for the release: /resume, or `steward panic --release` on the server.",
  "notice.hold.usage_limit":
    "⏸ Your Claude usage limit is reached, resets at {at}. Your message is kept and will be answered then, by itself. /stop lets you drop it.",
  "notice.hold.usage_limit_unknown":
    "⏸ Your Claude usage limit is reached, and Claude does not say until when. I keep trying; your message is kept and will be answered by itself. /stop lets you drop it.",
  "notice.hold.login":
    "🔑 Claude Code is not logged in any more. On the server, run `claude` and use /login (or renew ANTHROPIC_API_KEY). Your message is kept and will be answered by itself once the login is back.",
  "notice.hold.budget": "⏸ The spending cap is reached. Your message is kept.",
  "hold.panic": "Everything is stopped (panic).",
  "hold.usage_limit": "The Claude usage limit is reached, resets at {at}.",
  "hold.usage_limit_unknown": "The Claude usage limit is reached.",
  "hold.login": "Claude Code is not logged in.",
  "hold.budget": "The spending cap is reached.",
  "bot.command.panic": "Emergency stop: everything",
  "bot.command.resume": "Let everything run again",
  "bot.panic_done":
    "🛑 Everything is stopped: {stopped} running, {waiting} waiting. New messages are kept, nothing runs, also after a restart. /resume lets it go on.",
  "bot.resume_done": "▶️ Released. What waited runs now: {waiting}.",
  "bot.resume_nothing": "Nothing is stopped.",
  "cli.describe.panic": "Stop everything at once, until released",
  "cli.option.panic_release": "let everything run again",
  "cli.panic.done":
    "Everything is stopped: {stopped} running turns, {ended} Claude processes. {waiting} turns wait.",
  "cli.panic.next": "New messages are kept; nothing runs until: steward panic --release",
  "cli.panic.released": "Released. Turns that run now: {waiting}.",
  "cli.panic.nothing": "Nothing was stopped.",
  "cli.status.hold": "⏸ {reason} Since {since}.",
  "cli.doctor.hold": "{reason} Turns wait since {since}.",
  "cli.doctor.hold_panic_fix": "steward panic --release",
  "cli.doctor.hold_login_fix": "run `claude` on the server and use /login",
} as const;
