import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { SandboxPlaceholder, SandboxRequest } from "@steward/platform/sandbox";

type Guards = Pick<SandboxRequest, "writable" | "readOnly" | "placeholders">;

/** What an editor or a shell acts on by itself when its owner comes to this directory. */
const ACTED_UPON = [
  ".envrc",
  ".vscode",
  ".idea",
  ".bashrc",
  ".bash_profile",
  ".profile",
  ".zshrc",
  ".gitconfig",
];

/**
 * Files in a working directory that make other programs do things: the CLI's own settings and servers, git's
 * configuration and hooks. Read-only, and what is missing cannot be put there.
 *
 * A link is never followed: it could have been planted to have its target shown.
 */
export function guardWorkspace(cwd: string): Guards {
  const git = guardGit(cwd);
  return {
    writable: git.writable,
    readOnly: [
      ...[".claude", ".mcp.json"].map((name) => join(cwd, name)).filter(isPlain),
      ...ACTED_UPON.map((name) => join(cwd, name)).filter(isPlain),
      ...git.readOnly,
    ],
    placeholders: [
      ...missing(join(cwd, ".claude"), "directory"),
      ...missing(join(cwd, ".mcp.json"), "file"),
      ...git.placeholders,
    ],
  };
}

function guardGit(cwd: string): Guards {
  const dotGit = join(cwd, ".git");
  const stats = lstatSync(dotGit, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return guardRepository(dotGit);
  if (stats?.isFile() !== true) return { writable: [], readOnly: [], placeholders: [] };
  const worktree = findWorktree(dotGit);
  if (worktree === null) return { writable: [], readOnly: [dotGit], placeholders: [] };
  const repository = guardRepository(dirname(dirname(worktree)));
  const pointers = ["gitdir", "commondir", "config.worktree"].map((name) => join(worktree, name));
  return {
    ...repository,
    writable: [...repository.writable, worktree],
    readOnly: [...repository.readOnly, dotGit, ...pointers.filter(isPlain)],
  };
}

/** The folder itself is a mount as well, so that it cannot be moved away with what is guarded in it. */
function guardRepository(folder: string): Guards {
  const guarded = ["config", "config.worktree", "hooks", "modules"].map((name) => join(folder, name));
  return {
    writable: [folder],
    readOnly: guarded.filter(isPlain),
    placeholders: missing(join(folder, "hooks"), "directory"),
  };
}

/**
 * The folder of a linked worktree, if it really is this one's: `.git` lies where the agent writes and may say anything,
 * so the folder it names must name it in return, and lie where git keeps such folders.
 */
function findWorktree(dotGit: string): string | null {
  try {
    const named = /^gitdir: (.+)$/m.exec(readFileSync(dotGit, "utf8"))?.[1];
    if (named === undefined) return null;
    const folder = realpathSync(resolve(dirname(dotGit), named.trim()));
    const answers = readFileSync(join(folder, "gitdir"), "utf8").trim();
    const isKept = basename(dirname(folder)) === "worktrees";
    return isKept && realpathSync(answers) === realpathSync(dotGit) ? folder : null;
  } catch {
    // It names nothing that exists.
    return null;
  }
}

function isPlain(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isSymbolicLink();
}

function missing(path: string, kind: SandboxPlaceholder["kind"]): SandboxPlaceholder[] {
  return lstatSync(path, { throwIfNoEntry: false }) === undefined ? [{ path, kind }] : [];
}
