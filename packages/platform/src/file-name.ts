/** Linux allows 255 bytes per name; this leaves room for the message id in front and for a `.part` behind. */
const MAX_BYTES = 180;

/** Device names of Windows, with or without an extension: a synced folder must not choke on them. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/** Control characters, what file systems or shells read as syntax, lone surrogates, and invisible format characters. */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}/\\:*?"<>|]|(?![\u200c\u200d])\p{Cf}/gu;

/** Joined extensions that would lose their meaning when cut apart. */
const EXTENSION = /(?:\.tar)?\.[^.\s]{1,16}$/i;

/**
 * A name that is safe to create on any file system and to write into a multipart header: one path segment, no control
 * or direction characters, at most 180 UTF-8 bytes with the extension kept, never empty, never `.` or `..`.
 */
export function sanitizeFileName(name: string): string {
  const cleaned = name
    .normalize("NFC")
    .replace(FORBIDDEN, "_")
    .trim()
    .replace(/^[.\s]+/, "")
    .replace(/[.\s]+$/, "");
  const safe = cleaned === "" || RESERVED.test(cleaned) ? `file_${cleaned}` : cleaned;
  return shorten(safe);
}

function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name;
  const extension = EXTENSION.exec(name)?.[0] ?? "";
  let room = MAX_BYTES - Buffer.byteLength(extension);
  let stem = "";
  for (const { segment } of new Intl.Segmenter("en").segment(name.slice(0, name.length - extension.length))) {
    room -= Buffer.byteLength(segment);
    if (room < 0) break;
    stem += segment;
  }
  return `${stem.replace(/[.\s]+$/, "") || "file_"}${extension}`;
}
