import { expect, test } from "vitest";
import { parseTypeExpression } from "./type-expression.ts";

test("arrays bind tighter than unions, parentheses group, literals keep their kind", () => {
  expect(parseTypeExpression('(A.B | "x\\"|y")[][] | true | 3 | file')).toEqual({
    kind: "union",
    members: [
      {
        kind: "array",
        element: {
          kind: "array",
          element: {
            kind: "union",
            members: [
              { kind: "named", name: "A.B" },
              { kind: "literal", value: 'x"|y' },
            ],
          },
        },
      },
      { kind: "literal", value: true },
      { kind: "literal", value: 3 },
      { kind: "file" },
    ],
  });
});

test.each(["", "a |", "(a", "a b", "a]"])("%j is no type expression", (text) => {
  expect(() => parseTypeExpression(text)).toThrow("type expression");
});
