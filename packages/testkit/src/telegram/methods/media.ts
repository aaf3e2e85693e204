import type { InputMedia } from "@grammyjs/types";
import { ApiError, defect } from "../api-error.ts";
import type { FormattedText } from "../text/normalize-text.ts";
import { readCaption } from "../text/read-text.ts";
import { isInputMediaKind, type MediaDetails, type MediaKind, mediaOf, newMedia } from "../world/media.ts";
import type { Media } from "../world/message.ts";
import { postMessage } from "../world/post-message.ts";
import type { CallContext } from "./call-context.ts";
import { edit, ownMessage } from "./messages.ts";
import { answerMessage, readEnvelope } from "./sending.ts";

const MAX_PHOTO_BYTES = 10 * 1024 * 1024;
const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;
const ALBUM_MIN = 2;
const ALBUM_MAX = 10;

/** sendPhoto, sendDocument, sendVoice, sendAudio, sendVideo, sendAnimation. */
export const sendMedia =
  (kind: MediaKind) =>
  (call: CallContext): unknown => {
    const { params } = call;
    const media = readMedia(call, kind, params.optionalText(kind), kind, {
      durationSeconds: params.integer("duration"),
      width: params.integer("width"),
      height: params.integer("height"),
      title: params.optionalText("title"),
      performer: params.optionalText("performer"),
    });
    if (media === undefined) throw defect(`There is no ${kind} in the request`);
    const caption = readCaption(
      call,
      captionInput(params.text("caption"), params.raw("caption_entities"), params.optionalText("parse_mode")),
    );
    const { chat, message } = readEnvelope(call);
    return answerMessage(call, chat, postMessage(chat, { ...message, ...caption, media }));
  };

export function sendMediaGroup(call: CallContext): unknown {
  const items = call.params.structure<InputMedia<string>[]>("media") ?? [];
  if (items.length > ALBUM_MAX) throw defect("Too many messages to send as an album");
  if (items.length === 0) throw defect("There are no messages to send");
  if (items.length < ALBUM_MIN)
    call.strict(`an album of ${items.length}; the documentation asks for 2–10 items`);
  const album = items.map((item) => readAlbumItem(call, item));
  checkMix(items.map(({ type }) => type));

  const { chat, message } = readEnvelope(call);
  const extra = { ...message.extra, media_group_id: `1${call.world.clock.now()}${chat.messages.size}` };
  return album.map((item) => answerMessage(call, chat, postMessage(chat, { ...message, ...item, extra })));
}

/** Puts media into an own message, a text message included; its text becomes the caption. */
export function editMessageMedia(call: CallContext): unknown {
  const item = call.params.structure<InputMedia<string>>("media");
  if (item === undefined) throw defect("media is not specified");
  const { media, ...caption } = readInputMedia(call, item);
  const { chat, message } = ownMessage(call);
  message.media = media;
  // Another upload is another file, whatever is in it.
  return edit(call, chat, message, { ...caption, linkPreview: undefined }, { isOtherMedia: true });
}

function readAlbumItem(call: CallContext, item: InputMedia<string>): FormattedText & { media: Media } {
  if (item.type === "animation") {
    throw defect(`Can't parse InputMedia: type "animation" can't be used in sendMediaGroup`);
  }
  return readInputMedia(call, item);
}

function readInputMedia(call: CallContext, item: InputMedia<string>): FormattedText & { media: Media } {
  if (!isInputMediaKind(item.type)) {
    throw defect(`Can't parse InputMedia: type "${item.type}" is unsupported`);
  }
  const media = readMedia(call, item.type, item.media, undefined, {});
  if (media === undefined) throw defect("Can't parse InputMedia: media not found");
  const caption = readCaption(call, captionInput(item.caption ?? "", item.caption_entities, item.parse_mode));
  return { ...caption, media };
}

/** Documents and audio files form albums only among themselves. */
function checkMix(types: string[]): void {
  const alone = types.find((type) => type === "document" || type === "audio");
  if (alone !== undefined && new Set(types).size > 1) {
    throw defect(`${alone === "audio" ? "Audio" : "Document"} can't be mixed with other media types`);
  }
}

/**
 * The file meant by `value`: `attach://part`, a file id, or (absent) the part named `field`.
 * @returns undefined when there is none.
 */
function readMedia(
  call: CallContext,
  kind: MediaKind,
  value: string | undefined,
  field: string | undefined,
  details: MediaDetails,
): Media | undefined {
  const { world, bot, files } = call;
  const part = value?.startsWith("attach://") ? value.slice("attach://".length) : field;
  if (value === undefined || value === "" || value.startsWith("attach://")) {
    const upload = part === undefined ? undefined : files.get(part);
    if (upload === undefined) return undefined;
    checkSize(kind, upload.data.length);
    const { data, filename: name, contentType: mimeType } = upload;
    return newMedia(world.files, kind, { data, name, mimeType }, details);
  }
  if (/^https?:\/\//i.test(value)) {
    call.strict("sending a file by URL is not emulated");
    throw defect("Wrong HTTP URL specified");
  }
  const file = world.files.byId(bot, value);
  if (file === undefined) throw defect("wrong remote file identifier specified: Wrong string length");
  return mediaOf(world.files, kind, file, details);
}

function checkSize(kind: MediaKind, sizeBytes: number): void {
  if (sizeBytes === 0) throw defect("File must be non-empty");
  if (kind === "photo" && sizeBytes > MAX_PHOTO_BYTES) {
    throw defect(
      `File of size ${sizeBytes} bytes is too big for a photo; the maximum size is ${MAX_PHOTO_BYTES} bytes`,
    );
  }
  if (sizeBytes > MAX_UPLOAD_BYTES) throw new ApiError(413, "Request Entity Too Large", { defect: true });
}

const captionInput = (text: string, entities: unknown, parseMode: string | undefined) => ({
  text,
  entities,
  parseMode,
});
