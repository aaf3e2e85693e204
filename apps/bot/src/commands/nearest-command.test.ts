import { describe, expect, test } from "vitest";
import { nearestCommand } from "./nearest-command.ts";

const KNOWN = ["start", "help", "new", "stop", "status"];

describe("nearestCommand", () => {
  test.each([
    ["stpo", "stop"],
    ["statsu", "status"],
    ["halp", "help"],
    ["Help", "help"],
    ["nwe", "new"],
    ["sttatus", "status"],
    ["stpp", "stop"],
  ])("/%s means /%s", (typed, meant) => {
    expect(nearestCommand(typed, KNOWN)).toBe(meant);
  });

  test.each(["weather", "x", "xyz", "cost", "compact"])("/%s is near nothing", (typed) => {
    expect(nearestCommand(typed, KNOWN)).toBeNull();
  });
});
