import { expect, test } from "vitest";
import { formatTable } from "./table.ts";

test("columns line up, Chinese characters counting two places", () => {
  expect(
    formatTable(
      ["名称", "ID"],
      [
        ["小明", "1"],
        ["Ada Lovelace", "2"],
      ],
    ),
  ).toEqual(["名称          ID", "小明          1", "Ada Lovelace  2"]);
});

test("a name cannot break out of its cell", () => {
  const [, row] = formatTable(["A", "B"], [["x\u001b[2J\ny\u202e", "z"]]);
  expect(row).toBe("x␛[2J y  z");
});
