/** What waits in a chat, and edits, in English. */
export const queueEn = {
  "error.turn_overtaken": "⏹ Stopped: a later message of yours goes first.",
  "error.turn_dropped": "🗑 Taken out of the queue; it was not run.",
  "notice.edit_running":
    "✏️ I am already working on this message as it was, so your edit does not reach it. Running it again with the edit stops what is running.",
  "notice.edit_answered":
    "✏️ I have dealt with this message as it was before your edit. Run it again with the edit if you like.",
  "notice.edit_unknown":
    "✏️ That edit has no effect: the message was no question that I still know. Send it again as a new message.",
  "bot.button.run_edited": "🔁 Run again with the edit",
  "bot.button.advance": "⏩ Send now",
  "bot.button.drop": "✖️ Cancel",
  "bot.toast.advanced": "⏩ It is next.",
  "bot.toast.advanced_stopping": "⏩ Stopping what runs; this is next.",
  "bot.toast.has_started": "It has already started. Stop ends it.",
  "bot.toast.has_ended": "It has already ended.",
  "bot.toast.dropped": "🗑 Taken out of the queue.",
  "bot.toast.running_edited": "🔁 Running it with the edit.",
  "bot.toast.edit_gone": "That edit was already run.",
  "bot.stop_reply_nothing":
    "Nothing of that message is running or waiting. /stop on its own stops what runs here.",
} as const;
