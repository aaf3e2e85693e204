import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { readPlainText } from "@steward/platform/plain-file";
import type { GuardedPath } from "@steward/platform/sandbox";

/** Where git keeps what belongs to a working directory. */
export interface Repository {
  /** The folder with objects, references and configuration. */
  folder: string;
  /** Of a linked worktree: its own folder in there. */
  worktree: string | null;
}

/** Names in a repository's folder that decide what git runs or where it looks, with what means nothing to git. */
const POINTERS: readonly (readonly [string, GuardedPath["placeholder"]])[] = [
  ["config", { kind: "file", content: "" }],
  ["config.worktree", { kind: "file", content: "" }],
  // Left out, another repository could be put in this one's place, with its own configuration. This says: itself.
  ["commondir", { kind: "file", content: ".\n" }],
  ["hooks", { kind: "directory" }],
  ["modules", { kind: "directory" }],
  ["worktrees", { kind: "directory" }],
];

/**
 * The repository that a directory is the top of; null when it is none, or one that cannot be trusted to be its own: the
 * `.git` of a linked worktree lies where the agent writes and may say anything, so the folder it names must name it in
 * return, and lie where git keeps such folders.
 */
export function findRepository(cwd: string): Repository | null {
  const dotGit = join(cwd, ".git");
  const stats = lstatSync(dotGit, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return { folder: dotGit, worktree: null };
  return stats?.isFile() === true ? findLinked(dotGit) : null;
}

/** The same for a directory in one; null outside every repository. */
export function findEnclosingRepository(directory: string): Repository | null {
  for (let folder = directory; ; folder = dirname(folder)) {
    const repository = findRepository(folder);
    if (repository !== null || folder === dirname(folder)) return repository;
  }
}

/** Git writes a path and a word. */
const MAX_POINTER_BYTES = 65_536;

/** What the agent put there is not waited for, nor read without end. Throws when it is no small plain file. */
function readPointer(path: string): string {
  const text = readPlainText(path, MAX_POINTER_BYTES);
  if (text === null) throw new Error(`${path} is no small plain file`);
  return text;
}

function findLinked(dotGit: string): Repository | null {
  try {
    const named = /^gitdir: (.+)$/m.exec(readPointer(dotGit))?.[1];
    if (named === undefined) return null;
    const worktree = realpathSync(resolve(dirname(dotGit), named.trim()));
    const folder = dirname(dirname(worktree));
    const answers = resolve(worktree, readPointer(join(worktree, "gitdir")).trim());
    const common = realpathSync(resolve(worktree, readPointer(join(worktree, "commondir")).trim()));
    const isKept = basename(dirname(worktree)) === "worktrees" && common === folder;
    return isKept && realpathSync(answers) === realpathSync(dotGit) ? { folder, worktree } : null;
  } catch {
    // It names nothing that exists, or nothing that git wrote.
    return null;
  }
}

/**
 * What of it must stay what it is.
 *
 * @throws Error when it leads git to another repository: git itself never writes that, and whoever runs git there would
 * run what that one is configured to
 */
export function guardRepository({ folder, worktree }: Repository): GuardedPath[] {
  assertOwnFolder(folder);
  return [
    ...POINTERS.map(([name, placeholder]) => ({ path: join(folder, name), placeholder })),
    ...(worktree === null
      ? []
      : [
          { path: join(worktree, "gitdir"), placeholder: null },
          { path: join(worktree, "commondir"), placeholder: null },
          { path: join(worktree, "config.worktree"), placeholder: { kind: "file", content: "" } as const },
        ]),
  ];
}

function assertOwnFolder(folder: string): void {
  const pointer = join(folder, "commondir");
  const stats = lstatSync(pointer, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (readPlainText(pointer, MAX_POINTER_BYTES)?.trim() === ".") return;
  throw new Error(`${pointer} leads git to another repository's configuration: look at it and remove it`);
}
