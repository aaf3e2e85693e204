import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { lastLines, runCommand } from "../steps/run-command.mjs";

/**
 * Generates the migration that would bring the committed migrations up to the schema: there must be none.
 *
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env with Node on PATH
 * @returns {Promise<string[]>} one sentence per problem
 */
export async function findMigrationDrift(root, env) {
  const room = join(root, "packages", "schema");
  // Inside the workspace, so that the copied configuration finds its own dependencies.
  const copy = mkdtempSync(join(room, "node_modules", ".drift-"));
  try {
    for (const name of ["src", "migrations", "drizzle.config.ts", "package.json"]) {
      if (existsSync(join(room, name))) cpSync(join(room, name), join(copy, name), { recursive: true });
    }
    const before = listFiles(join(copy, "migrations"));
    const drizzleKit = join(room, "node_modules", ".bin", "drizzle-kit");
    const { code, output } = await runCommand(drizzleKit, ["generate", "--name", "drift"], {
      cwd: copy,
      env,
    });
    if (code !== 0) return [`drizzle-kit generate failed:\n${lastLines(output, 20)}`];
    const made = listFiles(join(copy, "migrations")).filter((file) => !before.includes(file));
    return made
      .filter((file) => file.endsWith(".sql"))
      .map((file) => {
        const sql = readFileSync(join(copy, "migrations", file), "utf8");
        return `packages/schema: the tables differ from the migrations; \`pnpm --filter @steward/schema generate\` would add\n${sql}`;
      });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** @param {string} folder */
function listFiles(folder) {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
}
