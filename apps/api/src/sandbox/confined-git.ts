import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { findEnclosingRepository, findRepository, guardRepository } from "@steward/claude/repository-guards";
import type { GitCommand, GitRunner } from "@steward/core/projects/safe-git";
import { runCommand } from "@steward/platform/process";
import type { Sandbox, SandboxCommandRequest } from "@steward/platform/sandbox";

/** What of the owner's home git reads. */
const OWNERS_SETTINGS = [".gitconfig", ".config/git"] as const;

/**
 * Git in a sandbox of its own: what an agent has put into a repository may make git run something all the same, and then
 * that sees the repository and nothing else, has no network, and changes nothing but what this one call is to change.
 */
export function createConfinedGit(sandbox: Sandbox, secrets: readonly string[]): GitRunner {
  return async (command) => {
    const git = findProgram("git", command.env.PATH ?? "");
    // To be told in the same words as without a sandbox.
    if (git === null) return await runCommand(command);
    // In here every directory that is shown is a file system of its own.
    const env = { ...command.env, GIT_DISCOVERY_ACROSS_FILESYSTEM: "1" };
    return await sandbox.run({ ...command, command: git, env }, describeGit(command, secrets));
  };
}

function describeGit({ cwd, env, writes }: GitCommand, secrets: readonly string[]): SandboxCommandRequest {
  const home = env.HOME ?? "/nonexistent";
  const repository = writes === null ? findEnclosingRepository(cwd) : findRepository(cwd);
  const folders = repository === null ? [] : [repository.folder, repository.worktree ?? repository.folder];
  return {
    cwd,
    home,
    readOnly: [
      ...OWNERS_SETTINGS.map((name) => join(home, name)),
      ...(writes?.includes(cwd) === true ? [] : [cwd]),
      ...(writes === null ? folders : []),
    ],
    writable: writes === null ? [] : [...folders, ...writes],
    masked: secrets,
    // Whatever else it may write, not what decides what git runs. Short as it is, it needs no placeholders of its own.
    guarded:
      repository === null || writes === null
        ? []
        : guardRepository({ ...repository, worktree: null })
            .filter(({ path }) => path !== join(repository.folder, "worktrees"))
            .map(({ path }) => ({ path, placeholder: null })),
  };
}

function findProgram(name: string, path: string): string | null {
  const candidates = path.split(delimiter).filter((folder) => isAbsolute(folder));
  for (const folder of candidates) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Not in this one.
    }
  }
  return null;
}
