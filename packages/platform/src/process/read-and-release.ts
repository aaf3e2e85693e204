import type { Readable } from "node:stream";

/**
 * Hands over every chunk of a flowing stream and gives its memory back when the call returns: nobody may keep it.
 *
 * Node reads a pipe into a fresh 64 KB block outside the JavaScript heap, and such blocks wait for a collection, which
 * V8 does only when about 64 MB of them have come together: a flood that nobody holds costs that much all the same. A
 * transferred block is freed at once.
 */
export function readAndRelease(stream: Readable, onChunk: (chunk: Buffer) => void): void {
  stream.on("data", (chunk: Buffer) => {
    onChunk(chunk);
    const { buffer } = chunk;
    // A small chunk may lie in a pool that others read from.
    if (buffer instanceof ArrayBuffer && buffer.byteLength === chunk.byteLength) buffer.transfer(0);
  });
}
