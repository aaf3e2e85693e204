import { readdirSync, rmdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, sep } from "node:path";
import { DomainError } from "@steward/contract/errors";
import type { SafeGit } from "./safe-git.ts";

export interface SweptWorktrees {
  removed: readonly string[];
  /** No conversation's, but somebody's work may be in them. */
  kept: readonly string[];
}

interface ListedWorktree {
  path: string;
  branch: string | null;
  /** Git's own mark while it makes one; it stays when git is cut off. */
  isUnfinished: boolean;
}

/** Removes a worktree with its files and its branch, finished or not. What git or the disk refuses is left for the sweep. */
export const discardWorktree = async (
  git: SafeGit,
  repository: string,
  { path, branch }: { path: string; branch: string },
): Promise<void> => {
  try {
    await rm(path, { recursive: true, force: true });
    // Twice: an unfinished one is locked.
    await git.run(repository, ["worktree", "remove", "--force", "--force", path], []);
    await git.run(repository, ["branch", "--quiet", "--delete", "--force", branch], []);
  } catch (error) {
    if (!(error instanceof DomainError) && !isOfFiles(error)) throw error;
  }
};

/** Of a folder that the agent has locked, for example. */
const isOfFiles = (error: unknown): boolean => error instanceof Error && "syscall" in error;

/** Whether it is gone now. */
export const removeEmpty = (path: string): boolean => {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT";
  }
};

/**
 * Looks in the projects' repositories for worktrees in Steward's own folder that no conversation has: a service was killed
 * between making one and writing its conversation down. What git had not finished goes with its branch, what is clean goes
 * as if somebody had asked for it; everything else stays and is told: a database from a backup knows fewer conversations
 * than there were. Outside `root` nothing is touched.
 */
export const sweepWorktrees = async (deps: {
  git: SafeGit;
  root: string;
  repositories: readonly string[];
  isOwned: (path: string) => boolean;
  remove: (path: string) => Promise<void>;
}): Promise<SweptWorktrees> => {
  const { git, root, isOwned } = deps;
  const removed: string[] = [];
  const kept: string[] = [];
  for (const repository of deps.repositories) {
    for (const { path, branch, isUnfinished } of await list(git, repository)) {
      if (!path.startsWith(root + sep) || isOwned(path)) continue;
      try {
        if (isUnfinished && branch !== null) await discardWorktree(git, repository, { path, branch });
        else await deps.remove(path);
        removed.push(path);
        // Only what is merged; a branch with commits of its own stays.
        if (branch !== null) await git.run(repository, ["branch", "--quiet", "--delete", branch], []);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        kept.push(path);
      }
    }
  }
  for (const path of foldersIn(root)) {
    if (!isOwned(path) && removeEmpty(path)) removed.push(path);
  }
  return { removed, kept };
};

const list = async (git: SafeGit, repository: string): Promise<ListedWorktree[]> => {
  try {
    const { code, stdout } = await git.run(repository, ["worktree", "list", "--porcelain"]);
    return code === 0 ? stdout.split("\n\n").flatMap(parse) : [];
  } catch (error) {
    // The project is gone, or git is.
    if (error instanceof DomainError) return [];
    throw error;
  }
};

const parse = (text: string): ListedWorktree[] => {
  const lines = text.split("\n");
  const value = (name: string): string | null =>
    lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? null;
  const path = value("worktree");
  if (path === null) return [];
  const branch = value("branch")?.replace(/^refs\/heads\//, "") ?? null;
  return [{ path, branch, isUnfinished: value("locked") === "initializing" }];
};

/** `<bot>/<worktree>`. */
const foldersIn = (root: string): string[] => {
  const inner = (folder: string): string[] => {
    try {
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(folder, entry.name));
    } catch {
      // No project has had a worktree yet.
      return [];
    }
  };
  return inner(root).flatMap(inner);
};
