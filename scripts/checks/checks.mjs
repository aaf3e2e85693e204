import { join } from "node:path";
import { runCommand } from "../steps/run-command.mjs";
import { findUnusedTexts } from "./catalogue.mjs";
import { findDeadPaths } from "./doc-paths.mjs";
import { findEdgeProblems } from "./edges.mjs";
import { findEnvExampleProblems } from "./env-example.mjs";
import { findFaultRowProblems } from "./fault-rows.mjs";
import { findMigrationDrift } from "./migrations.mjs";
import { findSettingsPageProblems } from "./settings-page.mjs";

/**
 * One thing that `pnpm check` holds the checkout to. Nothing here needs a service or changes a file.
 *
 * @typedef {object} Check
 * @property {string} name
 * @property {() => Promise<string | undefined>} run what is wrong, for a person; undefined when nothing is
 */

/**
 * All checks, those that take longest first.
 *
 * @param {Pick<import("../toolchain.mjs").Toolchain, "root" | "env">} toolchain
 * @returns {Check[]}
 */
export function listChecks({ root, env }) {
  /** @type {(name: string, program: string, ...args: string[]) => Check} */
  const program = (name, binary, ...args) => ({
    name,
    run: async () => {
      const { code, output } = await runCommand(join(root, "node_modules", ".bin", binary), args, {
        cwd: root,
        env: { ...env, NO_COLOR: "1" },
      });
      return code === 0 ? undefined : output.trimEnd() || `${binary} ended with code ${code}`;
    },
  });
  /** @type {(name: string, find: () => string[] | Promise<string[]>) => Check} */
  const rule = (name, find) => ({ name, run: async () => (await find()).join("\n") || undefined });
  return [
    program("types", "turbo", "run", "typecheck", "--output-logs=errors-only"),
    program("dead code", "knip", "--no-progress", "--no-config-hints"),
    program("promises", "oxlint", "--type-aware"),
    rule("migrations", () => findMigrationDrift(root, env)),
    program("format and lint", "biome", "ci", "--colors=off", "."),
    program("script types", "tsc", "--noEmit", "-p", "scripts"),
    program("boundaries", "turbo", "boundaries"),
    rule("env example", () => findEnvExampleProblems(root)),
    program("manifests", "sherif"),
    rule("edges", () => findEdgeProblems(root)),
    rule("doc paths", () => findDeadPaths(root)),
    rule("fault rows", () => findFaultRowProblems(root)),
    rule("settings page", () => findSettingsPageProblems(root)),
    rule("catalogue", () => findUnusedTexts(root)),
  ];
}
