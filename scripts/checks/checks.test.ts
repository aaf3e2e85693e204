import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { findUnusedTexts } from "./catalogue.mjs";
import { findDeadPaths } from "./doc-paths.mjs";
import { findEdgeProblems } from "./edges.mjs";
import { findEnvExampleProblems } from "./env-example.mjs";
import { findFaultRowProblems } from "./fault-rows.mjs";
import { findMigrationDrift } from "./migrations.mjs";
import { runChecks } from "./run-checks.mjs";
import { findSettingsPageProblems } from "./settings-page.mjs";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** A repository of the given files. */
function repository(files: Record<string, string | object>): string {
  const root = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content));
  }
  return root;
}

describe("edges", () => {
  const EDGES = { base: [], middle: ["base"], top: ["middle"], tests: "ANY" as const };
  const TAGS = {
    base: { dependencies: { allow: [] } },
    middle: { dependencies: { allow: ["base"] } },
    top: { dependencies: { allow: ["middle", "base"] } },
    tests: {},
  };
  const house = (changes: Record<string, string | object>): string =>
    repository({
      "pnpm-workspace.yaml": "packages:\n  - packages/*\n",
      "turbo.json": { boundaries: { tags: TAGS } },
      "packages/base/package.json": { name: "@steward/base" },
      "packages/base/turbo.json": { tags: ["base"] },
      "packages/top/package.json": {
        name: "@steward/top",
        dependencies: { "@steward/middle": "*", zod: "*" },
      },
      "packages/top/turbo.json": { tags: ["top"] },
      "packages/tests/package.json": { name: "@steward/tests", devDependencies: { "@steward/top": "*" } },
      "packages/tests/turbo.json": { tags: ["tests"] },
      ...changes,
    });

  test("a house that keeps to its arrows has no problem", () => {
    expect(findEdgeProblems(house({}), EDGES)).toEqual([]);
  });

  test.each(["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"])(
    "an arrow that the house does not have is found in %s",
    (field) => {
      const manifest = { name: "@steward/base", [field]: { "@steward/top": "workspace:*" } };
      const problems = findEdgeProblems(house({ "packages/base/package.json": manifest }), EDGES);
      expect(problems).toEqual([
        `packages/base: ${field} has @steward/top, an edge that the house does not have`,
      ]);
    },
  );

  test("what a room only reaches through another it may not declare itself", () => {
    const manifest = { name: "@steward/top", dependencies: { "@steward/base": "workspace:*" } };
    expect(findEdgeProblems(house({ "packages/top/package.json": manifest }), EDGES)).toHaveLength(1);
  });

  test("a workspace needs its own tag, its own name and a place in the house", () => {
    const problems = findEdgeProblems(
      house({
        "packages/base/turbo.json": { tags: ["top"] },
        "packages/top/package.json": { name: "top" },
        "packages/shed/package.json": { name: "@steward/shed" },
      }),
      EDGES,
    );
    expect(problems).toEqual([
      expect.stringContaining('packages/base/turbo.json: tags must be ["base"]'),
      expect.stringContaining("packages/shed: is no room of the house"),
      expect.stringContaining("packages/top: is named top"),
    ]);
  });

  test("turbo's lists must follow from the arrows", () => {
    const tags = { ...TAGS, middle: { dependencies: { allow: ["base", "top"] } }, extra: {} };
    const problems = findEdgeProblems(house({ "turbo.json": { boundaries: { tags } } }), EDGES);
    expect(problems).toEqual([
      'turbo.json: boundaries tag "middle" must allow ["base"]',
      'turbo.json: boundaries tag "extra" must allow []',
    ]);
  });

  test("no workspace of this house has an edge that it does not have", () => {
    expect(findEdgeProblems(REPOSITORY)).toEqual([]);
  });
});

describe("doc paths", () => {
  test("a cited path that does not exist is found with its page and line", () => {
    const root = repository({ "README.md": "# Title\n\nSee `packages/core/src/gone.ts`.\n" });
    expect(findDeadPaths(root)).toEqual(["README.md:3: packages/core/src/gone.ts does not exist"]);
  });

  test("paths, places in files and links that exist are fine", () => {
    const root = repository({
      "packages/core/src/here.ts": "",
      "docs/adr/0001-first.md": "Back to [the page](../ARCHITECTURE.md#rooms).",
      "docs/ARCHITECTURE.md": "`packages/core/src/here.ts:12`, `packages/core/`, [first](adr/0001-first.md)",
    });
    expect(findDeadPaths(root)).toEqual([]);
  });

  test("dead links and root files are found below docs, too", () => {
    const root = repository({
      "docs/adr/0001.md": "[gone](0002.md) and `turbo.json` and [web](https://example.org)",
    });
    expect(findDeadPaths(root)).toEqual([
      "docs/adr/0001.md:1: turbo.json does not exist",
      "docs/adr/0001.md:1: 0002.md does not exist",
    ]);
  });

  test("commands, routes, home paths, patterns and code blocks are no paths of the repository", () => {
    const text =
      "`npm test` `/api/v1/inbox` `~/.steward` `packages/*/src` `apps/<name>/x`\n```\n`packages/no`\n```\n";
    expect(findDeadPaths(repository({ "CONTRIBUTING.md": text }))).toEqual([]);
  });
});

describe("the settings page", () => {
  const policies = 'export const POLICIES = { model: { initial: null, summary: "which; null = any" } };';
  const at = (page: string) =>
    findSettingsPageProblems(
      repository({ "packages/contract/src/policies.ts": policies, "docs/settings.md": page }),
    );

  test("has each setting with its default, and none that is gone", async () => {
    expect(await at("| `model` | `null` | which; null = any |\n")).toEqual([]);
    expect(await at("| `model` | `1` | which; null = any |\n| `gone` | `1` | x |\n")).toEqual([
      "docs/settings.md: this row is missing: | `model` | `null` | which; null = any |",
      "docs/settings.md: no setting is like this: | `model` | `1` | which; null = any |",
      "docs/settings.md: no setting is like this: | `gone` | `1` | x |",
    ]);
  });
});

describe("the catalogue", () => {
  const catalogueOf = (keys: readonly string[]): string =>
    `export const en = ${JSON.stringify(Object.fromEntries(keys.map((key) => [key, "x"])))};`;

  test("has no text that nobody says, by its key or by one with gaps", async () => {
    const root = repository({
      "packages/contract/src/messages/en.ts": catalogueOf([
        ...["error.full", "bot.hello", "notice.hold.panic", "bot.gone", "bot.tested"],
      ]),
      "apps/bot/src/a.ts": `say("bot.hello"); say(\`error.${"$"}{code}\`); tell("notice.hold");`,
      "apps/bot/src/a.test.ts": 'say("bot.tested");',
    });
    expect(await findUnusedTexts(root)).toEqual(
      ["bot.gone", "bot.tested"].map((key) => `packages/contract/src/messages/en.ts: nobody says "${key}"`),
    );
  });

  test("of the web UI has none either, whatever other programs say", async () => {
    const root = repository({
      "apps/web/src/texts/en.ts": catalogueOf([
        ...["chat.send", "chat.gone", "role.admin_may", "role.admin_old", "ui.close", "hold.panic"],
      ]),
      "apps/web/src/pages/chat.tsx": `say("chat.send"); say(\`role.${"$"}{role}_may\`); say(\`hold.${"$"}{of({ kind })}\`);`,
      "apps/web/src/pages/chat.test.tsx": 'say("chat.gone");',
      "apps/web/src/texts/zh.ts": 'export const zh = { "role.admin_old": "x" };',
      "apps/bot/src/a.ts": 'say("ui.close");',
    });
    expect(await findUnusedTexts(root)).toEqual(
      ["chat.gone", "role.admin_old", "ui.close"].map(
        (key) => `apps/web/src/texts/en.ts: nobody says "${key}"`,
      ),
    );
  });
});

describe("fault rows", () => {
  const workspace = (files: Record<string, string>) =>
    repository({
      "pnpm-workspace.yaml": "packages:\n  - packages/*\n",
      "packages/core/package.json": { name: "@steward/core" },
      ...files,
    });

  test("with a test of their name in each file they cite are fine", () => {
    const root = workspace({
      "packages/core/test/a.test.ts": 'test("row 8: killed", () => {});\ndescribe("rows 9 and 10: hung", f);',
      "docs/faults.md":
        "| # | fault |\n|---|---|\n| 8 | killed | `packages/core/test/a.test.ts` |\n" +
        "| 9 | hung | `packages/core/test/a.test.ts` |\n| 10 | hung | `packages/core/test/a.test.ts` |\n",
    });
    expect(findFaultRowProblems(root)).toEqual([]);
  });

  test("without a test, without a citation, or unknown to the page are told", () => {
    const root = workspace({
      "packages/core/test/a.test.ts": 'test("row 8: killed", () => {});\ntest("row 77: invented", () => {});',
      "docs/faults.md": "| 8 | killed | nothing |\n| 9 | hung | `packages/core/test/a.test.ts` |\n",
    });
    expect(findFaultRowProblems(root)).toEqual([
      "docs/faults.md:1: row 8 cites no test file",
      'docs/faults.md:2: no test in packages/core/test/a.test.ts is named "row 9: …"',
      "packages/core/test/a.test.ts: row 77 is not in docs/faults.md",
    ]);
  });
});

describe("env example", () => {
  const app = (example: string): string =>
    repository({
      "pnpm-workspace.yaml": "packages:\n  - apps/*\n",
      "apps/api/package.json": { type: "module" },
      "apps/api/src/env.ts":
        "export const envSchema = { shape: { STEWARD_ONE: 1, STEWARD_TWO: 2, NODE_ENV: 3 } };",
      ".env.example": example,
    });

  test("every variable with its comment is fine, commented out or not", async () => {
    expect(await findEnvExampleProblems(app("# One\n#STEWARD_ONE=1\n# Two\nSTEWARD_TWO=\n"))).toEqual([]);
  });

  test("missing, unread and uncommented variables are found", async () => {
    expect(await findEnvExampleProblems(app("# One\n#STEWARD_ONE=1\n#STEWARD_OLD=\n"))).toEqual([
      ".env.example: STEWARD_TWO is missing (read by apps/api/src/env.ts)",
      ".env.example: no program reads STEWARD_OLD",
      ".env.example: STEWARD_OLD has no comment line above it",
    ]);
  });
});

describe("migrations", () => {
  const schema = (columns: string): Record<string, string> => ({
    "packages/schema/package.json": '{ "type": "module" }',
    "packages/schema/drizzle.config.ts":
      'export default { dialect: "sqlite", schema: "./src/tables.ts", out: "./migrations" };',
    "packages/schema/src/tables.ts":
      `import { integer, sqliteTable } from "drizzle-orm/sqlite-core";\n` +
      `export const things = sqliteTable("things", { id: integer("id").primaryKey()${columns} });`,
  });

  test("a table without its migration is found, and the workspace stays as it was", async () => {
    const root = repository(schema(""));
    symlinkSync(join(REPOSITORY, "packages/schema/node_modules"), join(root, "packages/schema/node_modules"));
    const [problem] = await findMigrationDrift(root, process.env);
    expect(problem).toContain("CREATE TABLE `things`");
  });

  test("the committed migrations are up to date", async () => {
    const journal = join(REPOSITORY, "packages/schema/migrations/meta/_journal.json");
    const before = readFileSync(journal, "utf8");
    expect(await findMigrationDrift(REPOSITORY, process.env)).toEqual([]);
    expect(readFileSync(journal, "utf8")).toBe(before);
  });
});

describe("running checks", () => {
  test("each gets a line, failures their full output, and a check that throws has failed", async () => {
    const lines: string[] = [];
    const failed = await runChecks(
      [
        { name: "good", run: async () => undefined },
        { name: "bad", run: async () => "line 1\nline 2" },
        { name: "broken", run: () => Promise.reject(new Error("oops")) },
      ],
      (line) => lines.push(line),
    );
    expect(failed.sort()).toEqual(["bad", "broken"]);
    expect(lines.slice(0, 3).sort()).toEqual([
      expect.stringMatching(/^✓ good {4} +0\.0 s$/),
      expect.stringMatching(/^✗ bad {5} +0\.0 s$/),
      expect.stringMatching(/^✗ broken {2} +0\.0 s$/),
    ]);
    expect(lines.join("\n")).toMatch(/✗ bad\nline 1\nline 2/);
    expect(lines.join("\n")).toMatch(/✗ broken\nthe check itself failed: Error: oops/);
  });
});
