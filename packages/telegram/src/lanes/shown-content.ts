/** Messages remembered per chat: the status message and the parts of one answer. */
const REMEMBERED = 20;

type Args = Readonly<Record<string, unknown>>;

/** What our text messages in one chat currently show, so that an edit to the very same content costs no call. */
export interface ShownContent {
  isShown(method: string, args: Args): boolean;
  /** Call after success. `result` is the API's answer, which names a sent message's id. */
  note(method: string, args: Args, result: unknown): void;
  /** Call after failure: what the message shows is no longer known. */
  forget(args: Args): void;
}

export function createShownContent(): ShownContent {
  const contents = new Map<unknown, string>();
  return {
    isShown(method, args) {
      const content = contentOf(method, args);
      return method === "editMessageText" && content !== null && contents.get(args.message_id) === content;
    },
    note(method, args, result) {
      const id = method === "sendMessage" ? messageIdOf(result) : args.message_id;
      contents.delete(id);
      const content = contentOf(method, args);
      if (content === null || typeof id !== "number") return;
      contents.set(id, content);
      for (const oldest of contents.keys()) {
        if (contents.size <= REMEMBERED) break;
        contents.delete(oldest);
      }
    },
    forget: (args) => void contents.delete(args.message_id),
  };
}

/** Everything of a text message that a person can see, as one string; null for calls that show something else. */
function contentOf(method: string, args: Args): string | null {
  if (method !== "sendMessage" && method !== "editMessageText") return null;
  if (args.rich_message !== undefined || args.parse_mode !== undefined) return null;
  return JSON.stringify([
    args.text,
    args.entities ?? [],
    args.reply_markup ?? null,
    args.link_preview_options ?? null,
  ]);
}

function messageIdOf(result: unknown): unknown {
  return typeof result === "object" && result !== null && "message_id" in result
    ? result.message_id
    : undefined;
}
