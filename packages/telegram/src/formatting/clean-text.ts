/** Colours and cursor moves of terminal output: noise in a chat. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is for
const ANSI_SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;
/** All but tab and line feed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
/** Embeddings and overrides, which the server drops, and with which text can be made to read as something else. */
const DIRECTION_OVERRIDE = /[\u202a-\u202e]/g;
/** Three marks that the server drops wherever they stand. A ring above ("å" as macOS writes it) can be saved. */
const DROPPED_MARK = /\u030a|\u0333|\u033f/g;
const RINGED = /\P{M}\p{M}*\u030a\p{M}*/gu;
/** Most text has none of all this and is passed through at the cost of one look. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is for
const UNCLEAN = /[\u0000-\u0008\u000b-\u001f\u007f\u2028-\u202e\ud800-\udfff]|\u030a|\u0333|\u033f/;

/**
 * Text as the server will keep it, so that our count of characters is the server's: no control characters, line breaks
 * as `\n`. A lone half of a surrogate pair cannot be sent as UTF-8 (the whole message would be refused) and becomes
 * U+FFFD; nothing else does.
 */
export function cleanText(text: string): string {
  if (!UNCLEAN.test(text)) return text;
  return text
    .replace(ANSI_SEQUENCE, "")
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(CONTROL, "")
    .replace(DIRECTION_OVERRIDE, "")
    .replace(RINGED, (cluster) => cluster.normalize("NFC"))
    .replace(DROPPED_MARK, "")
    .replace(/\p{Cs}/gu, "\ufffd");
}
