/**
 * Messages a call puts into a chat, as the flood control counts them: sends, copies, forwards and edits. Chat actions,
 * reactions, deletions and the like are free, in the chat and overall; they only wait when the chat is held by a 429.
 */
export function messageCost(method: string, args: Readonly<Record<string, unknown>>): number {
  if (method === "sendMediaGroup") return countOf(args.media);
  if (method === "copyMessages" || method === "forwardMessages") return countOf(args.message_ids);
  if (method === "sendChatAction") return 0;
  return /^(?:send|copyMessage|forwardMessage|editMessage)/.test(method) ? 1 : 0;
}

const countOf = (items: unknown): number => (Array.isArray(items) ? Math.max(items.length, 1) : 1);

/**
 * The chat whose lane a call belongs to; null for calls that belong to none: those without a chat (callback answers,
 * which must be prompt) and pure reads (`getChat`), which nothing has to wait for.
 */
export function laneKey(method: string, args: Readonly<Record<string, unknown>>): string | null {
  const chatId = args.chat_id;
  if (method.startsWith("get")) return null;
  return typeof chatId === "number" || typeof chatId === "string" ? String(chatId) : null;
}

/** Groups and channels have negative ids; a channel may also go by its @name. */
export const isGroupKey = (key: string): boolean => /^[-@]/.test(key);
