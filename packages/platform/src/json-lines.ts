export interface JsonLineReaderOptions {
  /** A longer line is dropped whole; memory stays below twice this figure. */
  maxLineBytes: number;
  /** One line without its end (LF or CRLF) and without a byte order mark. Blank lines are skipped. Must not throw. */
  onLine(text: string): void;
  /** A line was dropped; `bytes` is its whole length. */
  onOversize(bytes: number): void;
}

export interface JsonLineReader {
  push(chunk: Uint8Array): void;
  /** No more bytes will come: what is left counts as a line. */
  end(): void;
}

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const FIRST_CAPACITY = 4_096;
/** A buffer that grew beyond this for one long line is given back after it. */
const KEPT_CAPACITY = 1_048_576;

/**
 * Cuts a byte stream into lines at LF alone, and decodes only whole lines.
 *
 * Not `readline`: that also breaks at U+2028 and U+2029, which stand raw inside JSON strings. Not a decode per chunk:
 * chunk borders fall inside UTF-8 sequences. LF is never part of a multi-byte sequence, so cutting bytes is exact.
 */
export function createJsonLineReader(options: JsonLineReaderOptions): JsonLineReader {
  // One growing buffer rather than a list of chunks: a peer that sends single bytes would make a list of
  // millions of small objects out of one long line.
  let held = Buffer.alloc(FIRST_CAPACITY);
  let heldBytes = 0;
  let droppedBytes = 0;

  /** The memory before is given back at once; the collector would leave it for a while. */
  const resize = (capacity: number): void => {
    const former = held;
    held = Buffer.alloc(capacity);
    former.copy(held, 0, 0, heldBytes);
    former.buffer.transfer(0);
  };

  /** A long line gets all that it may have in one step: of that, the system gives us only what is written to. */
  const capacityFor = (bytes: number): number =>
    bytes > KEPT_CAPACITY
      ? options.maxLineBytes
      : Math.min(Math.max(held.length * 2, bytes), options.maxLineBytes);

  const hold = (bytes: Uint8Array): void => {
    if (droppedBytes > 0 || heldBytes + bytes.length > options.maxLineBytes) {
      droppedBytes += heldBytes + bytes.length;
      heldBytes = 0;
      if (held.length > KEPT_CAPACITY) resize(FIRST_CAPACITY);
      return;
    }
    if (heldBytes + bytes.length > held.length) {
      resize(capacityFor(heldBytes + bytes.length));
    }
    held.set(bytes, heldBytes);
    heldBytes += bytes.length;
  };

  const finishLine = (): void => {
    if (droppedBytes > 0) options.onOversize(droppedBytes);
    else emit(held.subarray(0, heldBytes));
    droppedBytes = 0;
    heldBytes = 0;
    if (held.length > KEPT_CAPACITY) resize(FIRST_CAPACITY);
  };

  const emit = (line: Buffer): void => {
    const start = line.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
    const end = line.at(-1) === CR ? line.length - 1 : line.length;
    const text = line.toString("utf8", start, end);
    if (text.trim() !== "") options.onLine(text);
  };

  return {
    push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, from)) {
        hold(chunk.subarray(from, at));
        finishLine();
        from = at + 1;
      }
      if (from < chunk.length) hold(chunk.subarray(from));
    },
    end() {
      if (heldBytes > 0 || droppedBytes > 0) finishLine();
    },
  };
}
