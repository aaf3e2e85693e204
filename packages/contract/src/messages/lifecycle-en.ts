/** What happens to sessions: memory, broken CLIs, background work. */
export const lifecycleEn = {
  "notice.low_memory":
    "Only {freeMb} MB of memory are free on the server, so your message waits. It is answered by itself when there is room.",
  "notice.session_renewed":
    "Claude's earlier session could not be continued, so a new one took over. It knows the last messages of this conversation, not every detail.",
} as const;
