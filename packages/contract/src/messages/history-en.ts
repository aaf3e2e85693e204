/** What was said: to be read, taken along and deleted. In English. */
export const historyEn = {
  "error.prompt_deleted":
    "What was asked there has been deleted, so it cannot be asked again. Send it as a new message.",
  "policy.keepMessagesDays": "days that it is kept what was said; null = for ever",
  "cli.describe.history": "What was said, in all chats",
  "cli.describe.history_list": "Sessions with messages, the latest first",
  "cli.describe.history_show": "The latest messages of a chat",
  "cli.describe.history_export": "Write all that was said in a chat to standard output",
  "cli.describe.history_delete": "Delete what was said in a chat, or one message of it",
  "cli.option.history_chat": "a chat: NAME of this terminal, BOT/CHAT or BOT/CHAT/TOPIC",
  "cli.option.history_limit": "how many",
  "cli.option.history_format": "markdown or json",
  "cli.option.history_before": "only what was said before this day (2026-01-31, UTC)",
  "cli.option.history_message": "only this message, by its number",
  "cli.option.history_yes": "without being asked",
  "cli.history.none": "Nothing has been said yet.",
  "cli.history.session": "SESSION",
  "cli.history.title": "TITLE",
  "cli.history.messages": "MESSAGES",
  "cli.history.last": "LAST",
  "cli.history.text": "SAID",
  "cli.history.more": "… and more: steward history list --limit {limit}",
  "cli.history.not_a_day": "{day} is no day; write it like 2026-01-31.",
  "cli.history.not_a_format": "{format} is no format: markdown or json.",
  "cli.history.confirm":
    "This deletes what was said in {session} for good, also for searches. Run it again with --yes to do it, or keep a copy first: steward history export --chat …",
  "cli.history.deleted": "✓ {count} messages deleted.",
  "cli.history.kept": "{count} belong to turns that have not ended; delete them when these have.",
  "cli.history.unfiled":
    "Files, memories and Claude's own transcript stay; /new begins a conversation that knows nothing of it.",
} as const;
