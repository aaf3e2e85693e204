import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import { realDirectory } from "./project-path.ts";
import type { GitResult, SafeGit } from "./safe-git.ts";
import { discardWorktree, removeEmpty, type SweptWorktrees, sweepWorktrees } from "./stray-worktrees.ts";

/** What git says about a directory. Only a `repository` can have worktrees here. */
export type GitKind = "none" | "bare" | "subdirectory" | "without_commit" | "repository";

export interface NewWorktree {
  /** Absolute, links resolved. */
  path: string;
  branch: string;
  /** The project has changes that are not committed, and so not in the worktree. */
  uncommitted: boolean;
}

/** Git worktrees of the owner's projects, one per conversation, on branches of their own. */
export interface Worktrees {
  kindOf(directory: string): Promise<GitKind>;
  /** Throws project_not_git, git_missing, git_failed; then nothing of it is left, the branch included. */
  add(repository: string, chat: ChatAddress, conversationId: string): Promise<NewWorktree>;
  /**
   * Throws worktree_not_clean when a file in it is not committed, or a commit is on no branch; git_failed besides (it
   * holds submodules). Files that git ignores go with it; the branch stays.
   */
  remove(path: string): Promise<void>;
  /** Takes away what nobody will ever work in: see `sweepWorktrees`. Called once, after the start. */
  sweep(repositories: readonly string[], owned: () => ReadonlySet<string>): Promise<SweptWorktrees>;
}

const NOT_GIT: Record<Exclude<GitKind, "repository">, string> = {
  none: "is not a git repository",
  bare: "is a bare repository, without files to work on",
  subdirectory: "is inside a git repository, but not its top directory",
  without_commit: "is a git repository without a commit yet",
};

/** The branch that a conversation's worktree begins on. */
export const worktreeBranch = (chat: ChatAddress, conversationId: string): string =>
  `steward/${worktreeName(chat, conversationId)}`;

const worktreeName = ({ chatId, threadId }: ChatAddress, conversationId: string): string =>
  // The end of a UUIDv7 is its random part.
  `${chatId}${threadId === "" ? "" : `.t${threadId}`}-${conversationId.replaceAll("-", "").slice(-8)}`;

/** @param root absolute path of the folder that the worktrees lie in, made when it is first needed */
export const createWorktrees = (deps: { git: SafeGit; root: string }): Worktrees => {
  const { git, root } = deps;
  /** Of this start: their conversations may not be written down yet. */
  const made = new Set<string>();

  const kindOf = async (directory: string): Promise<GitKind> => {
    const inside = await git.run(directory, ["rev-parse", "--is-inside-work-tree", "--is-bare-repository"]);
    if (inside.code !== 0) {
      // Somebody else's repository: git does not look into it, and the reason is worth knowing.
      if (/dubious ownership/.test(inside.stderr)) throw failed("rev-parse", inside);
      return "none";
    }
    if (!inside.stdout.startsWith("true")) return inside.stdout.includes("true") ? "bare" : "none";
    const top = await git.run(directory, ["rev-parse", "--show-prefix"]);
    if (top.stdout.trim() !== "") return "subdirectory";
    const head = await git.run(directory, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
    return head.code === 0 ? "repository" : "without_commit";
  };

  const remove = async (path: string): Promise<void> => {
    const status = await git.run(path, ["status", ...PLAIN_STATUS, "--untracked-files=all"]);
    if (status.code !== 0) throw failed("status", status);
    if (status.stdout !== "") {
      throw new DomainError("worktree_not_clean", `${path} has changes that are not committed`);
    }
    const named = await git.run(path, ["for-each-ref", "--count=1", "--contains=HEAD"]);
    if (named.stdout === "") {
      throw new DomainError("worktree_not_clean", `${path} has commits that are on no branch`);
    }
    const removed = await git.run(path, ["worktree", "remove", path], [path]);
    // Shut in, git cannot remove the directory itself, only what is in it.
    if (removed.code !== 0 && !removeEmpty(path)) throw failed("worktree remove", removed);
  };

  return {
    kindOf,
    remove,
    add: async (repository, chat, conversationId) => {
      const kind = await kindOf(repository);
      if (kind !== "repository") {
        throw new DomainError("project_not_git", `${repository} ${NOT_GIT[kind]}: it can have no worktrees`);
      }
      const status = await git.run(repository, ["status", ...PLAIN_STATUS, "--untracked-files=no"]);
      const branch = worktreeBranch(chat, conversationId);
      const taken = await git.run(repository, ["rev-parse", "--verify", "--quiet", `refs/heads/${branch}`]);
      if (taken.code === 0)
        throw new DomainError("git_failed", `${repository} has a branch ${branch} already`);
      const wanted = join(root, chat.botId, worktreeName(chat, conversationId));
      mkdirSync(wanted, { recursive: true, mode: 0o700 });
      const path = realpathSync(wanted);
      made.add(path);
      try {
        const args = ["worktree", "add", "--quiet", "-b", branch, path, "HEAD"];
        const added = await git.run(repository, args, [path]);
        if (added.code !== 0) throw failed("worktree add", added);
        return { path, branch, uncommitted: status.stdout !== "" };
      } catch (error) {
        await discardWorktree(git, repository, { path, branch });
        throw error;
      }
    },
    sweep: async (repositories, owned) =>
      await sweepWorktrees({
        git,
        root: realDirectory(root) ?? root,
        repositories,
        isOwned: (path) => made.has(path) || owned().has(path),
        remove,
      }),
  };
};

/** A submodule's own configuration says what git runs to look into it. */
const PLAIN_STATUS = ["--porcelain", "--ignore-submodules=all"] as const;

const failed = (what: string, { code, stderr }: GitResult): DomainError => {
  const reason = stderr.trim().split("\n", 1)[0]?.slice(0, 300) ?? "";
  return new DomainError("git_failed", `git ${what} ended with ${code}: ${reason}`);
};
