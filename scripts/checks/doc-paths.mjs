import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** What a path of this repository starts with; other things in backticks are commands, routes and home paths. */
const TOP_LEVEL = /^(?:\.\/|\.\.\/)*(?:apps|packages|docs|scripts|\.ci|\.github)\//;
const ROOT_FILES =
  /^(?:README\.md|CONTRIBUTING\.md|CHANGELOG\.md|LICENSE|package\.json|pnpm-workspace\.yaml|pnpm-lock\.yaml|turbo\.json|biome\.json|knip\.json|tsconfig\.base\.json|vitest\.config\.ts|\.env\.example|\.oxlintrc\.json)$/;

/**
 * Finds paths that the documents cite and that do not exist: a page that points nowhere is worse than none.
 *
 * @param {string} root
 * @returns {string[]} one sentence per dead path
 */
export function findDeadPaths(root) {
  return documents(root).flatMap((page) =>
    citedPaths(readFileSync(join(root, page), "utf8"))
      .filter(({ path }) => !exists(root, page, path))
      .map(({ path, line }) => `${page}:${line}: ${path} does not exist`),
  );
}

/** @param {string} root */
function documents(root) {
  const pages = ["README.md", "CONTRIBUTING.md"].filter((page) => existsSync(join(root, page)));
  if (!existsSync(join(root, "docs"))) return pages;
  const below = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  return [...pages, ...below.filter((page) => page.endsWith(".md")).map((page) => `docs/${page}`)].sort();
}

/**
 * Paths in backticks and in links, outside of code blocks. `path:12` and `path#anchor` cite a place in a file.
 *
 * @param {string} markdown
 */
function citedPaths(markdown) {
  const cited = [];
  let isCode = false;
  for (const [index, text] of markdown.split("\n").entries()) {
    if (/^\s*(```|~~~)/.test(text)) isCode = !isCode;
    if (isCode) continue;
    const inBackticks = [...text.matchAll(/`([^`\s]+)`/g)]
      .map((match) => match[1] ?? "")
      .filter(looksLikePath);
    const linked = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "").filter(isLocalLink);
    for (const target of [...inBackticks, ...linked]) {
      cited.push({ path: target.replace(/(?::\d+(?:-\d+)?|#.*)$/, ""), line: index + 1 });
    }
  }
  return cited;
}

/** @param {string} text */
function looksLikePath(text) {
  // Patterns and placeholders name no single file.
  if (/[*<>{}$…]/.test(text)) return false;
  return TOP_LEVEL.test(text) || ROOT_FILES.test(text);
}

/** @param {string} target */
function isLocalLink(target) {
  return !/^(?:[a-z]+:|#|\/)/i.test(target);
}

/**
 * Paths are written from the root of the repository; links, as Markdown has it, from their page.
 *
 * @param {string} root
 * @param {string} page
 * @param {string} path
 */
function exists(root, page, path) {
  return [path, normalize(join(dirname(page), path))].some((candidate) => existsSync(join(root, candidate)));
}
