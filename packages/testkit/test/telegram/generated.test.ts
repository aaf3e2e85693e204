import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { generateBotApi, OUTPUT_PATH } from "../../scripts/generate-bot-api.ts";
import {
  botApiMethodNames,
  botApiMethods,
  botApiObjects,
  botApiUnions,
} from "../../src/telegram/parameters/bot-api.gen.ts";
import { parseTypeExpression, type TypeExpression } from "../../src/telegram/parameters/type-expression.ts";

test("the generated tables are up to date with @grammyjs/types", () => {
  expect(readFileSync(OUTPUT_PATH, "utf8")).toBe(generateBotApi());
});

test("the tables know all methods, and every type they mention", () => {
  expect(botApiMethodNames).toHaveLength(187);
  const shapes = [...Object.values(botApiMethods), ...Object.values(botApiObjects), botApiUnions];
  const expressions = shapes.flatMap((shape) => Object.values(shape));
  const unknown = expressions
    .flatMap((text) => namesIn(parseTypeExpression(text)))
    .filter((name) => !(name in botApiObjects) && !(name in botApiUnions));
  expect(unknown).toEqual([]);
  expect(expressions.length).toBeGreaterThan(500);
});

function namesIn(type: TypeExpression): string[] {
  if (type.kind === "named") return [type.name];
  if (type.kind === "array") return namesIn(type.element);
  return type.kind === "union" ? type.members.flatMap(namesIn) : [];
}
