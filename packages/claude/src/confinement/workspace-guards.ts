import { join } from "node:path";
import type { GuardedPath, SandboxRequest } from "@steward/platform/sandbox";
import { findRepository, guardRepository } from "./repository-guards.ts";

type Guards = Pick<SandboxRequest, "writable" | "guarded">;

/**
 * What the CLI, an editor or a shell acts on by itself when its owner comes to this directory. All of them get a folder as
 * their placeholder, also those that are files: git does not list an empty folder, and direnv and the CLI pass over it.
 */
const ACTED_UPON = [".claude", ".mcp.json", ".envrc", ".vscode", ".idea"] as const;
/** Of dotfiles that are kept in a repository and linked from the home; elsewhere nothing reads them. */
const LINKED_FROM_HOME = [".bashrc", ".bash_profile", ".profile", ".zshrc", ".gitconfig"] as const;

/**
 * Files in a working directory that make other programs do things: the CLI's own settings and servers, what editors and
 * shells act upon, git's configuration and hooks. Read-only, and what is missing of them cannot be put there.
 *
 * A link is never followed: it could have been planted to have its target shown.
 *
 * @throws Error when its repository has been led elsewhere
 */
export function guardWorkspace(cwd: string): Guards {
  const repository = findRepository(cwd);
  const names = [
    ...ACTED_UPON.map((name): GuardedPath => ({ path: join(cwd, name), placeholder: { kind: "directory" } })),
    ...LINKED_FROM_HOME.map((name): GuardedPath => ({ path: join(cwd, name), placeholder: null })),
  ];
  // A file that leads to the repository; the folder itself is writable.
  const pointer: GuardedPath = { path: join(cwd, ".git"), placeholder: null };
  if (repository === null) return { writable: [], guarded: [...names, pointer] };
  const { folder, worktree } = repository;
  return {
    // Mounts of their own, so that they cannot be moved away with what is guarded in them.
    writable: worktree === null ? [folder] : [folder, worktree],
    guarded: [...names, ...(worktree === null ? [] : [pointer]), ...guardRepository(repository)],
  };
}
