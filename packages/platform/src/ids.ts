import { randomBytes, randomInt, randomUUID } from "node:crypto";
import type { Clock } from "./clock.ts";

/** Where every identifier and secret of the house comes from. */
export interface Ids {
  /** RFC 9562 version 7: sorts by creation time, strictly increasing within one `Ids`. */
  uuid7(): string;
  uuid4(): string;
  /** `bytes` random bytes as base64url without padding. */
  token(bytes: number): string;
  /** 8 characters of {@link PAIRING_ALPHABET}, to be read aloud and typed by a person. */
  pairingCode(): string;
}

/** Capital letters and digits without pairs that look alike: 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V. */
export const PAIRING_ALPHABET = "ACDEFGHJKMNPQRTVWXY34679";
export const PAIRING_CODE_LENGTH = 8;

/** @param clock only for the timestamp inside version 7 ids. */
export function createIds(clock: Pick<Clock, "now"> = { now: Date.now }): Ids {
  const nextUuid7 = createUuid7Generator(clock);
  return {
    uuid7: nextUuid7,
    uuid4: () => randomUUID(),
    token: (bytes) => randomBytes(bytes).toString("base64url"),
    pairingCode: () =>
      Array.from({ length: PAIRING_CODE_LENGTH }, () =>
        // randomInt rejects out-of-range draws, so no character is more likely than another.
        PAIRING_ALPHABET.charAt(randomInt(PAIRING_ALPHABET.length)),
      ).join(""),
  };
}

/**
 * RFC 9562 §6.2 method 1: the 12 bits after the timestamp count within one millisecond, starting at a random
 * value of their lower half; when they run over, or the clock steps back, the timestamp goes ahead of the clock.
 */
function createUuid7Generator(clock: Pick<Clock, "now">): () => string {
  let lastMs = 0;
  let counter = 0;
  return () => {
    const nowMs = clock.now();
    if (nowMs > lastMs) {
      lastMs = nowMs;
      counter = randomInt(0x800);
    } else if (++counter > 0xfff) {
      lastMs += 1;
      counter = randomInt(0x800);
    }
    const bytes = randomBytes(16);
    bytes.writeUIntBE(lastMs, 0, 6);
    bytes.writeUInt16BE(0x7000 | counter, 6);
    bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
    return formatUuid(bytes.toString("hex"));
  };
}

/**
 * Predictable ids for tests: valid in form, distinct, in order, the same in every run.
 *
 * @param seed the first number used.
 */
export function createSequentialIds(seed = 1): Ids {
  let next = seed;
  const uuid = (version: 4 | 7): string => {
    const number = (next++).toString(16).padStart(12, "0");
    return formatUuid(`000000000000${version}0008000${number}`);
  };
  return {
    uuid7: () => uuid(7),
    uuid4: () => uuid(4),
    token: (bytes) => {
      const buffer = Buffer.alloc(bytes);
      const number = next++;
      for (let index = 0; index < Math.min(bytes, 6); index++) {
        buffer[bytes - 1 - index] = Math.floor(number / 256 ** index) % 256;
      }
      return buffer.toString("base64url");
    },
    pairingCode: () => {
      let number = next++;
      let code = "";
      for (let index = 0; index < PAIRING_CODE_LENGTH; index++) {
        code = PAIRING_ALPHABET.charAt(number % PAIRING_ALPHABET.length) + code;
        number = Math.floor(number / PAIRING_ALPHABET.length);
      }
      return code;
    },
  };
}

function formatUuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
