/** A parsed type expression of `bot-api.gen.ts`. */
export type TypeExpression =
  | { kind: "literal"; value: string | number | boolean }
  | { kind: "primitive"; name: "string" | "number" | "boolean" }
  | { kind: "file" }
  | { kind: "named"; name: string }
  | { kind: "array"; element: TypeExpression }
  | { kind: "union"; members: TypeExpression[] };

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|\[\]|[()|]|[\w.]+)/y;

/** The tables hold a few hundred distinct expressions; a call checks dozens of them. */
const parsed = new Map<string, TypeExpression>();

/**
 * Parses `string | Name[] | "literal"`, the grammar the generator writes: unions, arrays, parentheses, literals,
 * the primitives, `file` (an uploaded part) and names of objects and unions. Parsed expressions are remembered.
 */
export function parseTypeExpression(text: string): TypeExpression {
  let expression = parsed.get(text);
  if (expression === undefined) {
    expression = parse(text);
    parsed.set(text, expression);
  }
  return expression;
}

function parse(text: string): TypeExpression {
  const tokens = tokenize(text);
  let position = 0;
  const peek = () => tokens[position];

  function union(): TypeExpression {
    const members = [postfix()];
    while (peek() === "|") {
      position += 1;
      members.push(postfix());
    }
    const [only] = members;
    return members.length === 1 && only !== undefined ? only : { kind: "union", members };
  }

  function postfix(): TypeExpression {
    let expression = atom();
    while (peek() === "[]") {
      position += 1;
      expression = { kind: "array", element: expression };
    }
    return expression;
  }

  function atom(): TypeExpression {
    const token = tokens[position++];
    if (token === undefined) throw new Error(`type expression ends too soon: ${text}`);
    if (token !== "(") return atomOf(token);
    const inner = union();
    if (tokens[position++] !== ")") throw new Error(`unclosed parenthesis in type expression: ${text}`);
    return inner;
  }

  const expression = union();
  if (position !== tokens.length) throw new Error(`cannot read type expression: ${text}`);
  return expression;
}

function atomOf(token: string): TypeExpression {
  if (token.startsWith('"')) return { kind: "literal", value: JSON.parse(token) as string };
  if (/^\d/.test(token)) return { kind: "literal", value: Number(token) };
  if (token === "true" || token === "false") return { kind: "literal", value: token === "true" };
  if (token === "string" || token === "number" || token === "boolean")
    return { kind: "primitive", name: token };
  if (token === "file") return { kind: "file" };
  return { kind: "named", name: token };
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match?.[1] === undefined) throw new Error(`cannot read type expression at ${at}: ${text}`);
    tokens.push(match[1]);
  }
  return tokens;
}
