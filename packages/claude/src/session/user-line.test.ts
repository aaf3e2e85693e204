import { describe, expect, test } from "vitest";
import { encodeTurn, isCommand } from "./user-line.ts";

const contentOf = (line: string): unknown => JSON.parse(line).message.content;

describe("a turn's line", () => {
  test("is one line, whatever the text", () => {
    const line = encodeTurn({ uuid: "u", text: "a\nb\r\n\u2028c" });
    expect(line).not.toContain("\n");
    expect(JSON.parse(line)).toEqual({
      type: "user",
      uuid: "u",
      session_id: "",
      parent_tool_use_id: null,
      message: {
        role: "user",
        content: [
          { type: "text", text: "a\nb\r\n\u2028c" },
          { type: "text", text: "" },
        ],
      },
    });
  });

  test.each(["/compact", "/", "/no such command", "look at @/etc/passwd", "plain"])(
    "carries %j as text that ends in an empty block",
    (text) => {
      expect(contentOf(encodeTurn({ uuid: "u", text }))).toEqual([
        { type: "text", text },
        { type: "text", text: "" },
      ]);
    },
  );

  test("has images before the text", () => {
    const line = encodeTurn({
      uuid: "u",
      text: "what is this",
      images: [{ mediaType: "image/png", base64: "AA==" }],
    });
    expect(contentOf(line)).toEqual([
      { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } },
      { type: "text", text: "what is this" },
      { type: "text", text: "" },
    ]);
  });

  test("has what it is reminded of before the text, where no file is fetched and no command run", () => {
    const turn = { uuid: "u", text: "/compact", context: "[notes]\n> @/etc/passwd" };
    expect(contentOf(encodeTurn(turn, ["/compact"]))).toEqual([
      { type: "text", text: turn.context },
      { type: "text", text: "/compact" },
      { type: "text", text: "" },
    ]);
  });

  test("is a command only when its whole first word is on the list", () => {
    const allowed = ["/compact"];
    const command = (text: string): boolean => isCommand({ uuid: "u", text }, allowed);
    expect(["/compact", "/compact keep the plan", "/compact\nx"].map(command)).toEqual([true, true, true]);
    expect(["/compacted", " /compact", "/clear", "compact", "/"].map(command)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(contentOf(encodeTurn({ uuid: "u", text: "/compact" }, allowed))).toBe("/compact");
    expect(
      isCommand({ uuid: "u", text: "/compact", images: [{ mediaType: "image/png", base64: "" }] }, allowed),
    ).toBe(false);
    expect(isCommand({ uuid: "u", text: "/compact" })).toBe(false);
  });
});
