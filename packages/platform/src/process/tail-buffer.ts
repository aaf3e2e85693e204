/** Keeps the last `capacity` bytes of a stream. */
export interface TailBuffer {
  push(chunk: Uint8Array): void;
  text(): string;
}

export function createTailBuffer(capacity: number): TailBuffer {
  const ring = Buffer.alloc(capacity);
  let written = 0;
  return {
    push(chunk) {
      const kept = chunk.subarray(Math.max(chunk.length - capacity, 0));
      written += chunk.length - kept.length;
      const at = written % capacity;
      const first = kept.subarray(0, capacity - at);
      ring.set(first, at);
      ring.set(kept.subarray(first.length), 0);
      written += kept.length;
    },
    text() {
      if (written <= capacity) return ring.toString("utf8", 0, written);
      const at = written % capacity;
      const whole = Buffer.concat([ring.subarray(at), ring.subarray(0, at)]);
      // The cut may have gone through a character: skip its remaining continuation bytes (10xxxxxx).
      let start = 0;
      while (start < 3 && ((whole[start] ?? 0) & 0xc0) === 0x80) start++;
      return whole.toString("utf8", start);
    },
  };
}
