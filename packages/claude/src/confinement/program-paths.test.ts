import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findProgramPaths } from "./program-paths.ts";

test("a program's package, Node's installation and PATH are shown; what would open a home or data is not", () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "steward-programs-")));
  const home = join(root, "home");
  for (const folder of ["node/bin", "pkg/bin", "home/.local/bin"])
    mkdirSync(join(root, folder), { recursive: true });
  for (const file of ["node/bin/node", "pkg/bin/claude"]) {
    writeFileSync(join(root, file), "");
    chmodSync(join(root, file), 0o755);
  }
  writeFileSync(join(root, "pkg/package.json"), "{}");
  const shown = findProgramPaths({
    binary: join(root, "pkg/bin/claude"),
    path: [join(home, ".local/bin"), home, root, "relative", join(root, "gone")].join(":"),
    node: join(root, "node/bin/node"),
    closed: [home],
  });
  rmSync(root, { recursive: true });
  expect(shown).toEqual([
    join(root, "pkg"),
    join(root, "pkg/bin/claude"),
    join(root, "node"),
    join(home, ".local/bin"),
  ]);
});
