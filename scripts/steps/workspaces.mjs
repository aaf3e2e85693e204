import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A workspace of the checkout: a folder with a package.json.
 *
 * @typedef {{ folder: string, path: string }} Workspace `folder` is relative with forward slashes ("packages/core")
 *
 * @param {string} root
 * @returns {Workspace[]}
 */
export function listWorkspaces(root) {
  return workspaceFolders(root)
    .flatMap((parent) => {
      const path = join(root, parent);
      if (!existsSync(path)) return [];
      return readdirSync(path)
        .map((name) => ({ folder: `${parent}/${name}`, path: join(path, name) }))
        .filter((workspace) => existsSync(join(workspace.path, "package.json")));
    })
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/**
 * Reads `packages:` of pnpm-workspace.yaml. Only `folder/*` is understood, which is all we use; a YAML parser would
 * be a dependency, and this runs before there are any.
 *
 * @param {string} root
 * @returns {string[]}
 */
function workspaceFolders(root) {
  const yaml = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8");
  const block = /^packages:\n((?:[ \t]+-.*\n)+)/m.exec(yaml)?.[1];
  if (!block) throw new Error("pnpm-workspace.yaml: no `packages:` list");
  return block
    .trim()
    .split("\n")
    .map((line) => {
      const folder = /^\s*-\s*["']?([\w-]+)\/\*["']?\s*$/.exec(line)?.[1];
      if (!folder) throw new Error(`pnpm-workspace.yaml: "${line.trim()}" is not of the form "- folder/*"`);
      return folder;
    });
}
