/**
 * Writes `src/telegram/parameters/bot-api.gen.ts`: what the emulated Bot API methods take, as plain data, and the
 * names of all the others.
 *
 *   node scripts/generate-bot-api.ts          writes the file
 *   node scripts/generate-bot-api.ts --check  exits 1 when the committed file is out of date
 *
 * Source: `ApiMethods` of `@grammyjs/types`, whose version follows the Bot API. TypeScript 7 has no compiler API,
 * so this script (and nothing else) runs on TypeScript 5.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript-5";
import { emulatedMethods } from "../src/telegram/methods/emulated-methods.ts";

export const OUTPUT_PATH = fileURLToPath(
  new URL("../src/telegram/parameters/bot-api.gen.ts", import.meta.url),
);

/** Not walked into: nothing the emulator reads lies below (rich messages are refused as a whole). */
const OPAQUE = new Set(["InputRichMessage"]);

const PRIMITIVES =
  ts.TypeFlags.String | ts.TypeFlags.Number | ts.TypeFlags.Boolean | ts.TypeFlags.BooleanLiteral;

/** An object shape: property name (with a trailing `?` when optional) to its type expression. */
type Shape = Record<string, string>;

/** The text of the generated file. */
export function generateBotApi(): string {
  const packageJsonPath = createRequire(import.meta.url).resolve("@grammyjs/types/package.json");
  const { version } = JSON.parse(readFileSync(packageJsonPath, "utf8")) as { version: string };
  const methodsPath = join(dirname(packageJsonPath), "methods.d.ts");
  const program = ts.createProgram([methodsPath], {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  });
  const source = program.getSourceFile(methodsPath);
  if (source === undefined) throw new Error(`cannot read ${methodsPath}`);
  const describe = createDescriber(program.getTypeChecker());

  const parameters = methodParameters(source);
  const methods = new Map<string, Shape>();
  for (const name of emulatedMethods) {
    if (!parameters.has(name)) throw new Error(`${name} is not a Bot API method`);
    const parameter = parameters.get(name);
    methods.set(name, parameter === undefined ? {} : describe.shapeOf(parameter));
  }
  return render({ version, methods, describe, names: [...parameters.keys()].sort() });
}

/** `Omit<LoginUrl, "bot_username">` has no symbol of its own: its text, made an identifier, names it. */
function computedName(text: string): string {
  if (!/^\w+</.test(text)) throw new Error(`no name for type ${text}`);
  return text.replace(/\W+/g, "_").replace(/_$/, "");
}

/** The one parameter of every method. Old names (`kickChatMember: ApiMethods["banChatMember"]`) come without. */
function methodParameters(source: ts.SourceFile): Map<string, ts.ParameterDeclaration | undefined> {
  const alias = source.statements
    .filter(ts.isTypeAliasDeclaration)
    .find(({ name }) => name.text === "ApiMethods");
  if (alias === undefined || !ts.isTypeLiteralNode(alias.type)) {
    throw new Error("ApiMethods is no longer a type literal of methods");
  }
  const parameters = new Map<string, ts.ParameterDeclaration | undefined>();
  for (const member of alias.type.members) {
    if (ts.isMethodSignature(member)) parameters.set(member.name.getText(source), member.parameters[0]);
    else if (ts.isPropertySignature(member)) parameters.set(member.name.getText(source), undefined);
    else throw new Error(`not a method: ${member.getText(source)}`);
  }
  return parameters;
}

/** Turns checker types into type expressions, collecting the unions and object shapes they name. */
function createDescriber(checker: ts.TypeChecker) {
  const objects = new Map<string, Shape>();
  const unions = new Map<string, string>();

  const shapeOf = (node: ts.ParameterDeclaration): Shape =>
    propertiesOf(checker.getNonNullableType(checker.getTypeAtLocation(node)));

  function propertiesOf(type: ts.Type): Shape {
    const shape: Shape = {};
    for (const property of checker.getPropertiesOfType(type)) {
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      shape[optional ? `${property.name}?` : property.name] = expression(checker.getTypeOfSymbol(property));
    }
    return shape;
  }

  /** A named union (they may be recursive: a rich text is a list of rich texts) is written once, by its name. */
  function expression(type: ts.Type): string {
    const name =
      type.isUnion() && type.aliasSymbol !== undefined ? qualifiedName(type.aliasSymbol) : undefined;
    if (name === undefined) return inlineExpression(type);
    if (!unions.has(name)) {
      unions.set(name, "");
      unions.set(name, inlineExpression(type));
    }
    return name;
  }

  function inlineExpression(type: ts.Type): string {
    const parts = unionParts(type).map(single);
    const distinct = [...new Set(parts)];
    const both = distinct.includes("true") && distinct.includes("false");
    const merged = both
      ? ["boolean", ...distinct.filter((part) => part !== "true" && part !== "false")]
      : distinct;
    return merged.filter((part) => part !== "never").join(" | ");
  }

  function unionParts(type: ts.Type): ts.Type[] {
    const parts = type.isUnion() ? type.types : [type];
    return parts.filter((part) => (part.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) === 0);
  }

  function single(type: ts.Type): string {
    if (type.flags & ts.TypeFlags.Never) return "never";
    if (type.flags & ts.TypeFlags.TypeParameter) return "file"; // the only parameter is F, an input file
    if (type.isStringLiteral()) return JSON.stringify(type.value);
    if (type.isNumberLiteral()) return String(type.value);
    if (type.flags & PRIMITIVES) return checker.typeToString(type);
    if (type.flags & ts.TypeFlags.TemplateLiteral) return "string";
    if (type.isIntersection() && type.types.some((part) => part.flags & ts.TypeFlags.String)) return "string";
    const element = checker.isArrayLikeType(type)
      ? checker.getIndexTypeOfType(type, ts.IndexKind.Number)
      : undefined;
    if (element !== undefined) {
      const inner = expression(element);
      return inner.includes(" | ") ? `(${inner})[]` : `${inner}[]`;
    }
    return named(type);
  }

  function named(type: ts.Type): string {
    const symbolName = type.symbol === undefined ? "__type" : qualifiedName(type.symbol);
    const name = symbolName === "__type" ? computedName(checker.typeToString(type)) : symbolName;
    if (!objects.has(name)) {
      objects.set(name, {}); // before the walk: shapes may contain themselves
      if (!OPAQUE.has(name)) objects.set(name, propertiesOf(type));
    }
    return name;
  }

  const qualifiedName = (symbol: ts.Symbol): string =>
    checker.getFullyQualifiedName(symbol).replace(/^"[^"]*"\./, "");

  return { objects, unions, shapeOf };
}

interface Generated {
  version: string;
  names: string[];
  methods: Map<string, Shape>;
  describe: { objects: Map<string, Shape>; unions: Map<string, string> };
}

function render({ version, names, methods, describe }: Generated): string {
  return [
    `// Generated by scripts/generate-bot-api.ts from @grammyjs/types ${version}. Do not edit.`,
    "",
    "/** Property name (a trailing `?` means optional) to a type expression; see type-expression.ts. */",
    "export type GeneratedShape = Readonly<Record<string, string>>;",
    "",
    `/** All ${names.length} methods of the Bot API. */`,
    `export const botApiMethodNames: readonly string[] = ${JSON.stringify(names)};`,
    "",
    "/** Parameters of the emulated methods. */",
    `export const botApiMethods: Readonly<Record<string, GeneratedShape>> = ${renderShapes(methods)};`,
    "",
    "/** The object types those parameters are made of. */",
    `export const botApiObjects: Readonly<Record<string, GeneratedShape>> = ${renderShapes(describe.objects)};`,
    "",
    "/** Named unions, as type expressions. */",
    `export const botApiUnions: GeneratedShape = ${JSON.stringify(Object.fromEntries(byName(describe.unions)), null, 2)};`,
    "",
  ].join("\n");
}

function renderShapes(shapes: Map<string, Shape>): string {
  const lines: string[] = [];
  for (const [name, shape] of byName(shapes)) {
    lines.push(`  ${JSON.stringify(name)}: {`);
    for (const [property, type] of Object.entries(shape)) {
      lines.push(`    ${JSON.stringify(property)}: ${JSON.stringify(type)},`);
    }
    lines.push("  },");
  }
  return `{\n${lines.join("\n")}\n}`;
}

const byName = <T>(map: Map<string, T>): [string, T][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = generateBotApi();
  if (process.argv.includes("--check")) {
    if (readFileSync(OUTPUT_PATH, "utf8") !== text) {
      process.stderr.write("bot-api.gen.ts is out of date: run node scripts/generate-bot-api.ts\n");
      process.exitCode = 1;
    }
  } else {
    writeFileSync(OUTPUT_PATH, text);
  }
}
