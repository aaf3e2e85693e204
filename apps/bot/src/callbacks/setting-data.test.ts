import { describe, expect, test } from "vitest";
import { parseCallbackData } from "./callback-data.ts";
import { formatSettingData, parseSettingData, type SettingAction } from "./setting-data.ts";

const ACTIONS: SettingAction[] = [
  { kind: "set", name: "permissionMode", value: "bypassPermissions" },
  { kind: "set", name: "permissionMode", value: "default" },
  { kind: "set", name: "verbosity", value: 0 },
  { kind: "set", name: "verbosity", value: 2 },
  { kind: "set", name: "showThinking", value: true },
  { kind: "set", name: "showThinking", value: false },
  { kind: "open", command: "mode" },
  { kind: "open", command: "verbose" },
];

describe("a setting's button", () => {
  test.each(ACTIONS)("%j survives the trip, and is no other button", (action) => {
    const data = formatSettingData(action);
    expect(parseSettingData(data)).toEqual(action);
    expect(parseCallbackData(data)).toBeNull();
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
  });

  test.each([
    "",
    "k",
    "k:m",
    "k:m:root",
    "k:v:3",
    "k:t:2",
    "k:x:1",
    "k:m:plan:x",
    "o:panic",
    "o:mode:x",
    "o:constructor",
  ])("%j is nobody's", (data) => {
    expect(parseSettingData(data)).toBeNull();
  });
});
