import { type BotApi, BotApiError, type CallOptions, isNotModified } from "../api/bot-api.ts";
import type { ShownContent } from "./shown-content.ts";

type Args = Readonly<Record<string, unknown>>;

/**
 * Makes one call of a lane and keeps account of what its message shows.
 * - An edit to what is already there succeeds.
 * - A message refused for its formatting is sent again without it: plain text beats no answer.
 * - A message for a topic that was deleted goes to the chat itself.
 */
export async function perform(
  api: BotApi,
  shown: ShownContent,
  call: { method: string; args: Args; options: CallOptions },
): Promise<unknown> {
  const { method, options } = call;
  let { args } = call;
  for (;;) {
    try {
      // Typed at the lanes' door; in between, calls of all methods share one queue.
      const result: unknown = await api.call(method as "sendMessage", args as never, options);
      shown.note(method, args, result);
      return result;
    } catch (error) {
      if (isNotModified(error)) {
        shown.note(method, args, true);
        return true;
      }
      shown.forget(args);
      const mended = mend(args, error);
      if (mended === null) throw error;
      args = mended;
    }
  }
}

/** The arguments without what the server refused, or null. Each mend takes something away, so there is an end to it. */
function mend(args: Args, error: unknown): Args | null {
  if (!(error instanceof BotApiError) || error.code !== 400) return null;
  // e.g. `can't parse MessageEntity: …`, `ENTITY_BOUNDS_INVALID`, `Wrong HTTP URL specified`
  if (/entit|parse|\burl\b/i.test(error.description) && hasEntities(args)) {
    const { entities: _entities, caption_entities: _captionEntities, ...plain } = args;
    return plain;
  }
  if (/message thread not found/i.test(error.description) && args.message_thread_id !== undefined) {
    const { message_thread_id: _thread, ...withoutTopic } = args;
    return withoutTopic;
  }
  return null;
}

function hasEntities(args: Args): boolean {
  return [args.entities, args.caption_entities].some((list) => Array.isArray(list) && list.length > 0);
}
