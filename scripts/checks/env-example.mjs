import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { listWorkspaces } from "../steps/workspaces.mjs";

/** Set by Steward's own commands for its programs; nobody writes them into a file. */
const INTERNAL = new Set(["STEWARD_SUPERVISED", "STEWARD_PARENT_PID", "NODE_ENV"]);

/**
 * Holds `.env.example` against what the programs read: each app's `src/env.ts` exports `envSchema`, a zod object
 * whose keys are the variables' names.
 *
 * @param {string} root
 * @returns {Promise<string[]>} one sentence per problem
 */
export async function findEnvExampleProblems(root) {
  /** @type {Map<string, string>} variable → the module that reads it */
  const read = new Map();
  const problems = [];
  for (const { folder, path } of listWorkspaces(root)) {
    const module = `${folder}/src/env.ts`;
    if (!folder.startsWith("apps/") || !existsSync(join(path, "src", "env.ts"))) continue;
    const { envSchema } = await import(pathToFileURL(join(root, module)).href);
    if (envSchema?.shape) for (const name of Object.keys(envSchema.shape)) read.set(name, module);
    else problems.push(`${module}: exports no zod object called envSchema`);
  }
  const { names, uncommented } = parseExample(readFileSync(join(root, ".env.example"), "utf8"));
  for (const [name, module] of read) {
    if (!names.has(name) && !INTERNAL.has(name))
      problems.push(`.env.example: ${name} is missing (read by ${module})`);
  }
  for (const name of names) if (!read.has(name)) problems.push(`.env.example: no program reads ${name}`);
  for (const name of uncommented) problems.push(`.env.example: ${name} has no comment line above it`);
  return problems;
}

/**
 * A variable is `NAME=value`, or `#NAME=value` where the value shown is the default; its comment starts with `# `.
 *
 * @param {string} text
 */
function parseExample(text) {
  const names = new Set();
  const uncommented = [];
  let previous = "";
  for (const line of text.split("\n")) {
    const name = /^#?([A-Z][A-Z0-9_]*)=/.exec(line)?.[1];
    if (name) {
      names.add(name);
      if (!previous.startsWith("# ")) uncommented.push(name);
    }
    previous = line;
  }
  return { names, uncommented };
}
