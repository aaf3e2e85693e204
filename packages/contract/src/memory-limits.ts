/** How much may be remembered. A memory goes into prompts: what is longer belongs into a file. */
export const MEMORY_LIMITS = {
  /** UTF-16 units, as everywhere here. */
  key: 200,
  content: 8_000,
  category: 64,
  /** Of one bot with all its chats; of everybody's together. */
  perBot: 10_000,
} as const;
