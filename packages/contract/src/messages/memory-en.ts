/** What is remembered, and the words about it, in English. */
export const memoryEn = {
  "error.memory_not_found": "There is no such memory here (any more).",
  "error.memory_exists":
    "Something is remembered under “{key}” already. Change that one, or choose another key.",
  "error.memory_changed": "This was changed in the meantime, so nothing was done. Have a look at it again.",
  "error.memory_full":
    "{limit} memories are kept for one bot, and there are as many. Forget some, then try again.",
  "policy.keepForgottenDays": "days that a forgotten memory can be brought back",
  "policy.keepMemoryChangesDays": "days that it is kept how memories were changed",
  "policy.rememberSentences": "“remember …” in a plain message is done at once",
  "memory.said.remembered": "🧠 Remembered: {content}",
  "memory.said.known": "🧠 I know that already: {content}",
  "memory.said.forgotten": "🗑 Forgotten: {content}",
} as const;
