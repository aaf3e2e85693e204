import type { FileInput, FileStore, StoredFile } from "./files.ts";
import type { Media } from "./message.ts";

export const mediaKinds = [
  "photo",
  "document",
  "voice",
  "audio",
  "video",
  "animation",
  "sticker",
  "video_note",
] as const;
export type MediaKind = (typeof mediaKinds)[number];

/** What an `InputMedia` may be: neither voice messages nor stickers nor video notes are put into messages that way. */
const inputMediaKinds = ["photo", "document", "audio", "video", "animation"] as const;
export type InputMediaKind = (typeof inputMediaKinds)[number];

export const isInputMediaKind = (text: string): text is InputMediaKind =>
  (inputMediaKinds as readonly string[]).includes(text);

/** What a sender says about a file beside its contents. */
export interface MediaDetails {
  durationSeconds?: number | undefined;
  width?: number | undefined;
  height?: number | undefined;
  title?: string | undefined;
  performer?: string | undefined;
  /** Of a sticker. */
  emoji?: string | undefined;
  setName?: string | undefined;
}

const FOLDERS: Readonly<Record<MediaKind, string>> = {
  photo: "photos",
  document: "documents",
  voice: "voice",
  audio: "music",
  video: "videos",
  animation: "animations",
  sticker: "stickers",
  video_note: "video_notes",
};

const DEFAULT_MIME_TYPES: Readonly<Partial<Record<MediaKind, string>>> = {
  voice: "audio/ogg",
  audio: "audio/mpeg",
  video: "video/mp4",
  animation: "video/mp4",
  sticker: "image/webp",
  video_note: "video/mp4",
};

/** Stores a new file as media of a kind. */
export function newMedia(
  files: FileStore,
  kind: MediaKind,
  input: FileInput,
  details: MediaDetails = {},
): Media {
  const named = kind === "photo" ? { ...input, name: "photo.jpg" } : input;
  const mimeType = input.mimeType ?? DEFAULT_MIME_TYPES[kind];
  const file = files.add(FOLDERS[kind], mimeType === undefined ? named : { ...named, mimeType });
  return mediaOf(files, kind, file, details);
}

/** Media made of a file that exists already (sent again by its id). */
export function mediaOf(
  files: FileStore,
  kind: MediaKind,
  file: StoredFile,
  details: MediaDetails = {},
): Media {
  if (kind === "photo") return photo(files, file, details);
  const describe = (fileId: string) => ({
    file_id: fileId,
    file_unique_id: files.uniqueId(file),
    ...(isNameless(kind) || file.name === undefined ? {} : { file_name: file.name }),
    ...(isTypeless(kind) || file.mimeType === undefined ? {} : { mime_type: file.mimeType }),
    file_size: file.sizeBytes,
    ...kindDetails(kind, details),
  });
  return {
    field: kind,
    files: [file],
    view: (fileId) => {
      const described = describe(fileId(file));
      // For clients that know no animations, one also comes as a document.
      return kind === "animation" ? { animation: described, document: described } : { [kind]: described };
    },
  };
}

const isNameless = (kind: MediaKind): boolean => kind === "voice" || isTypeless(kind);
const isTypeless = (kind: MediaKind): boolean => kind === "sticker" || kind === "video_note";

function kindDetails(
  kind: MediaKind,
  { durationSeconds = 0, width = 640, height = 360, title, performer, emoji, setName }: MediaDetails,
) {
  switch (kind) {
    case "voice":
      return { duration: durationSeconds };
    case "video_note":
      return { duration: durationSeconds, length: width };
    case "sticker":
      return {
        type: "regular",
        width: 512,
        height: 512,
        is_animated: false,
        is_video: false,
        ...(emoji === undefined ? {} : { emoji }),
        ...(setName === undefined ? {} : { set_name: setName }),
      };
    case "audio":
      return {
        duration: durationSeconds,
        ...(title === undefined ? {} : { title }),
        ...(performer === undefined ? {} : { performer }),
      };
    case "video":
    case "animation":
      return { duration: durationSeconds, width, height };
    default:
      return {};
  }
}

/** A photo comes in several sizes, the original last; the small ones are files of their own. */
function photo(files: FileStore, original: StoredFile, { width = 1280, height = 960 }: MediaDetails): Media {
  const small = files.add(FOLDERS.photo, { data: "a small preview, not the photo", name: "preview.jpg" });
  const size = (file: StoredFile, scale: number) => ({
    file,
    width: Math.round(width * scale),
    height: Math.round(height * scale),
  });
  const sizes = [size(small, 0.07), size(small, 0.25), size(original, 1)];
  return {
    field: "photo",
    files: [original],
    view: (fileId) => ({
      photo: sizes.map(({ file, ...dimensions }) => ({
        file_id: fileId(file),
        file_unique_id: files.uniqueId(file),
        ...dimensions,
        file_size: file.sizeBytes,
      })),
    }),
  };
}
