/** What happens to sessions: memory, broken CLIs, background work. */
export const lifecycleEn = {
  "error.turn_too_long":
    "This ran for {minutes} min, the limit for work that nobody waits for, and was stopped.",
  "error.session_too_large":
    "This took more than {limitMb} MB of memory and was stopped, so that everything else keeps running. Try it in smaller steps.",
  "error.turn_given_up":
    "This was started {attempts} times without coming to an end and is not tried again by itself. Send it again if you still need it.",
  "notice.low_memory":
    "Only {freeMb} MB of memory are free on the server, so your message waits. It is answered by itself when there is room.",
  "notice.background_over_cap": "⏹ Work in the background was stopped. {reason}",
  "notice.background_ended":
    "Work in the background was ended together with its Claude session. Ask for it again if you still need it.{tasks}",
  "notice.session_renewed":
    "Claude's earlier session could not be continued, so a new one took over. It knows the last messages of this conversation, not every detail.",
} as const;
