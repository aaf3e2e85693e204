/**
 * Hands on each line of a stream, split at line feeds only: `readline` would also split at U+2028, which may stand
 * inside a JSON line.
 *
 * @param {NodeJS.ReadableStream} stream
 * @param {(line: string) => void} onLine
 */
export function splitLines(stream, onLine) {
  let unfinished = "";
  stream.setEncoding("utf8");
  stream.on("data", (/** @type {string} */ text) => {
    const lines = (unfinished + text).split("\n");
    unfinished = lines.pop() ?? "";
    for (const line of lines) onLine(line.replace(/\r$/, ""));
  });
  stream.on("end", () => {
    if (unfinished !== "") onLine(unfinished);
    unfinished = "";
  });
}
