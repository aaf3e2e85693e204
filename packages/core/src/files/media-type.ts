/** Enough for every format the library knows by its beginning, office documents included. */
export const MEDIA_HEAD_BYTES = 65_536;

const UNKNOWN = "application/octet-stream";

/** What a file is, by its first bytes alone: the sender's word for it is not asked. */
export async function detectMediaType(head: Uint8Array): Promise<string> {
  // Loaded when the first file comes: most of the time a running service does without it.
  const { fileTypeFromBuffer } = await import("file-type");
  const found = await fileTypeFromBuffer(head);
  if (found !== undefined) return found.mime;
  return isText(head) ? "text/plain" : UNKNOWN;
}

/** UTF-8 without control characters that no text has. The last character may have been cut in two. */
function isText(head: Uint8Array): boolean {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    const text = decoder.decode(head, { stream: true });
    return !/[^\P{Cc}\t\n\f\r]/u.test(text);
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
