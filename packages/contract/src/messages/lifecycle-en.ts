/** What happens to sessions: memory, broken CLIs, background work. */
export const lifecycleEn = {
  "notice.low_memory":
    "Only {freeMb} MB of memory are free on the server, so your message waits. It is answered by itself when there is room.",
} as const;
