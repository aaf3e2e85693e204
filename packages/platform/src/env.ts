import { readFileSync } from "node:fs";
import { parseEnv as parseDotEnv } from "node:util";
import type { z } from "zod";

/** One thing that is wrong with one variable. Never contains the value: it may be a secret. */
export interface EnvProblem {
  /** The variable's name, or `""` when the problem lies between several. */
  name: string;
  message: string;
}

export type EnvResult<Value> = { ok: true; value: Value } | { ok: false; problems: EnvProblem[] };

/**
 * Validates the variables a program reads, all at once. A variable that is set to nothing (`NAME=`) counts as not
 * set, so that a copied `.env.example` falls back to the defaults. Variables the schema does not name are ignored.
 */
export function parseEnv<Schema extends z.ZodObject>(
  schema: Schema,
  source: Readonly<Record<string, string | undefined>>,
): EnvResult<z.output<Schema>> {
  const present = Object.fromEntries(
    Object.keys(schema.shape)
      .map((name) => [name, source[name]?.trim()] as const)
      .filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = schema.safeParse(present);
  if (result.success) return { ok: true, value: result.data };
  const problems = result.error.issues.map((issue): EnvProblem => {
    const name = String(issue.path[0] ?? "");
    const missing = issue.code === "invalid_type" && name !== "" && present[name] === undefined;
    return { name, message: missing ? "is required" : issue.message };
  });
  return { ok: false, problems };
}

/** One line per problem, for the terminal. */
export function formatProblems(problems: readonly EnvProblem[]): string {
  return problems
    .map(({ name, message }) => (name === "" ? `  ${message}` : `  ${name}: ${message}`))
    .join("\n");
}

/** Reads a `.env` file without touching the process's own environment. No such file: no variables. */
export function loadDotEnv(path: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
  const entries = Object.entries(parseDotEnv(text));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
