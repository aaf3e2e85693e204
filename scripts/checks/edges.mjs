import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { listWorkspaces } from "../steps/workspaces.mjs";
import { ALLOWED_EDGES } from "./allowed-edges.mjs";

const DEPENDENCY_FIELDS = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
const SCOPE = "@steward/";

/**
 * Finds workspace edges that the house does not have. `turbo boundaries` looks at imports; this looks at every
 * declared dependency, also those of development, which a manifest may carry without any import.
 *
 * @param {string} root
 * @param {typeof ALLOWED_EDGES} [allowedEdges]
 * @returns {string[]} one sentence per violation
 */
export function findEdgeProblems(root, allowedEdges = ALLOWED_EDGES) {
  return [
    ...findTagProblems(readJson(join(root, "turbo.json")).boundaries.tags, allowedEdges),
    ...listWorkspaces(root).flatMap((workspace) => findWorkspaceProblems(workspace, allowedEdges)),
  ];
}

/**
 * @param {Record<string, { dependencies?: { allow: string[] } }>} tags
 * @param {typeof ALLOWED_EDGES} allowedEdges
 */
function findTagProblems(tags, allowedEdges) {
  const rooms = new Set([...Object.keys(allowedEdges), ...Object.keys(tags)]);
  return [...rooms].flatMap((room) => {
    const actual = tags[room]?.dependencies?.allow;
    const expected = reachable(room, allowedEdges);
    if (room in tags && JSON.stringify(actual?.toSorted()) === JSON.stringify(expected)) return [];
    return [
      `turbo.json: boundaries tag "${room}" must allow ${expected ? JSON.stringify(expected) : "everything"}`,
    ];
  });
}

/**
 * @param {string} room
 * @param {typeof ALLOWED_EDGES} allowedEdges
 * @returns {string[] | undefined} sorted; undefined: everything
 */
function reachable(room, allowedEdges) {
  if (allowedEdges[room] === "ANY") return undefined;
  const found = new Set(allowedEdges[room]);
  for (const next of found) {
    const further = allowedEdges[next];
    if (Array.isArray(further)) for (const each of further) found.add(each);
  }
  return [...found].sort();
}

/**
 * @param {import("../steps/workspaces.mjs").Workspace} workspace
 * @param {typeof ALLOWED_EDGES} allowedEdges
 */
function findWorkspaceProblems({ folder, path }, allowedEdges) {
  const room = basename(folder);
  const allowed = allowedEdges[room];
  if (!allowed) return [`${folder}: is no room of the house (scripts/checks/allowed-edges.mjs)`];
  const problems = [];
  const manifest = readJson(join(path, "package.json"));
  if (manifest.name !== `${SCOPE}${room}`) {
    problems.push(`${folder}: is named ${manifest.name}, not ${SCOPE}${room}`);
  }
  const settings = join(path, "turbo.json");
  const tags = existsSync(settings) ? readJson(settings).tags : undefined;
  if (JSON.stringify(tags) !== JSON.stringify([room])) {
    problems.push(`${folder}/turbo.json: tags must be ["${room}"], so that the boundaries apply to it`);
  }
  for (const [field, name] of declaredEdges(manifest)) {
    if (allowed === "ANY" || allowed.includes(name)) continue;
    problems.push(`${folder}: ${field} has ${SCOPE}${name}, an edge that the house does not have`);
  }
  return problems;
}

/**
 * @param {Record<string, Record<string, string> | undefined>} manifest
 * @returns {[field: string, room: string][]}
 */
function declaredEdges(manifest) {
  return DEPENDENCY_FIELDS.flatMap((field) =>
    Object.keys(manifest[field] ?? {})
      .filter((name) => name.startsWith(SCOPE))
      .map((name) => /** @type {[string, string]} */ ([field, name.slice(SCOPE.length)])),
  );
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
