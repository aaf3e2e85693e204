/** What the usage page says. */
export const usageEn = {
  "usage.about":
    "What turns have used. The cost is as Claude Code reckons it; a subscription is not billed by it.",
  "usage.range": "Time",
  "usage.last_days": "Last {count} days",
  "usage.of": "Used by",
  "usage.nothing": "Nothing was used in this time",
  "usage.nothing_text":
    "Every turn appears here with its cost and tokens. Choose a longer time, or write to your agent.",
  "usage.metric_cost": "Cost",
  "usage.metric_turns": "Turns",
  "usage.metric_tokens": "Tokens",
  "usage.cache": "From the cache",
  "usage.by_day": "Day by day (UTC)",
  "usage.by_model": "By model",
  "usage.by_chat": "By chat",
  "usage.shown": "What is shown",
  "usage.as_table": "As a table",
  "usage.day": "Day",
  "usage.model_unknown": "Unknown model",
  "usage.caps": "Caps",
  "usage.spent_today": "{spent} of {cap} used today",
} as const;
