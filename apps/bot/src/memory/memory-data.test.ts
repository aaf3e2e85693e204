import { describe, expect, test } from "vitest";
import { formatMemoryData, type MemoryButton, parseMemoryData } from "./memory-data.ts";

describe("a button about memories", () => {
  test.each<MemoryButton>([
    { kind: "undo", changeId: 12 },
    { kind: "ask", changeId: 12, messageId: 345 },
    { kind: "list", page: 0 },
    { kind: "accept", memoryId: 7, page: null },
    { kind: "reject", memoryId: 7, page: 3 },
    { kind: "forget", memoryId: 999_999_999_999_999, page: 999_999_999_999_999 },
    { kind: "pin", memoryId: 7, page: 0 },
    { kind: "unpin", memoryId: 7, page: 0 },
  ])("%j is read as it was written, within Telegram's 64 bytes", (button) => {
    const data = formatMemoryData(button);
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
    expect(parseMemoryData(data)).toEqual(button);
  });

  test.each([
    "",
    "z",
    "z:u:",
    "z:u:1.2",
    "z:q:1",
    "z:l:1.2",
    "z:x:1",
    "z:f:-1",
    "z:f:1e3",
    "z:f:1.2.3",
    "k:v:1",
  ])("%j is none", (data) => {
    expect(parseMemoryData(data)).toBeNull();
  });
});
