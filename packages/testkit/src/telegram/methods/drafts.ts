import { defect } from "../api-error.ts";
import { readDraftText } from "../text/read-text.ts";
import type { Chat, Draft } from "../world/chat.ts";
import type { CallContext } from "./call-context.ts";
import { resolveChat, resolveThread } from "./resolve-chat.ts";

/** A preview that is not refreshed leaves the screen after this. */
export const DRAFT_TTL_MS = 30_000;

/** Streams a preview of a message. Private chats only; the wording of its refusals is not documented. */
export function sendMessageDraft(call: CallContext): true {
  const { params, bot, nowMs } = call;
  const text = readDraftText(call, {
    text: params.text("text"),
    entities: params.raw("entities"),
    parseMode: params.optionalText("parse_mode"),
  });
  const draftId = params.integer("draft_id") ?? 0;
  if (draftId === 0) throw defect("draft identifier must be non-zero");
  const chat = resolveChat(call, "write");
  if (chat.type !== "private") throw defect("PEER_ID_INVALID");
  const threadId = resolveThread(call, chat);

  let draft = liveDrafts(chat, nowMs).find((live) => live.draftId === draftId && live.botId === bot.id);
  if (draft === undefined || draft.threadId !== threadId) {
    draft = {
      botId: bot.id,
      draftId,
      threadId,
      canStop: false,
      keepOnStop: false,
      versions: [],
      ended: undefined,
    };
    chat.drafts.push(draft);
  }
  draft.canStop = params.flag("can_stop");
  draft.keepOnStop = params.flag("keep_on_stop");
  draft.versions.push({ atMs: nowMs, ...text });
  return true;
}

/** The previews on the screen at an instant. */
export const liveDrafts = (chat: Chat, nowMs: number): Draft[] =>
  chat.drafts.filter(
    (draft) => draft.ended === undefined && nowMs - (draft.versions.at(-1)?.atMs ?? 0) < DRAFT_TTL_MS,
  );
