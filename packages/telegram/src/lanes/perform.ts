import { type BotApi, BotApiError, type CallOptions, isNotModified } from "../api/bot-api.ts";
import type { ShownContent } from "./shown-content.ts";

type Args = Readonly<Record<string, unknown>>;

/**
 * Makes one call of a lane and keeps account of what its message shows.
 * - An edit to what is already there succeeds.
 * - A message refused for its formatting is sent again without it, once: plain text beats no answer.
 */
export async function perform(
  api: BotApi,
  shown: ShownContent,
  call: { method: string; args: Args; options: CallOptions },
): Promise<unknown> {
  const { method, args, options } = call;
  const attempt = async (attemptArgs: Args): Promise<unknown> => {
    try {
      // Typed at the lanes' door; in between, calls of all methods share one queue.
      const result: unknown = await api.call(method as "sendMessage", attemptArgs as never, options);
      shown.note(method, attemptArgs, result);
      return result;
    } catch (error) {
      if (!isNotModified(error)) throw error;
      shown.note(method, attemptArgs, true);
      return true;
    }
  };
  try {
    return await attempt(args);
  } catch (error) {
    shown.forget(args);
    if (!isFormattingRefusal(error) || !hasEntities(args)) throw error;
    const { entities: _entities, caption_entities: _captionEntities, ...plain } = args;
    return await attempt(plain);
  }
}

/** e.g. `can't parse MessageEntity: …`, `ENTITY_BOUNDS_INVALID`, `Wrong HTTP URL specified`, `ENTITY_URL_INVALID`. */
function isFormattingRefusal(error: unknown): boolean {
  return error instanceof BotApiError && error.code === 400 && /entit|parse|\burl\b/i.test(error.description);
}

function hasEntities(args: Args): boolean {
  return [args.entities, args.caption_entities].some((list) => Array.isArray(list) && list.length > 0);
}
