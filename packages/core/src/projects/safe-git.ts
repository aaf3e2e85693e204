import { DomainError } from "@steward/contract/errors";
import { type CommandOptions, type CommandResult, runCommand } from "@steward/platform/process";

/** How git ended, when it ran at all. */
export interface GitResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs git in a repository that may hold anything an agent has written. */
export interface SafeGit {
  /**
   * @param writes what it changes besides the repository's own folder; null: it only looks
   * @throws DomainError git_missing, or git_failed when it did not come to its end in time or said too much
   */
  run(cwd: string, args: readonly string[], writes?: readonly string[] | null): Promise<GitResult>;
}

/** One call of git, for whoever starts programs here. */
export interface GitCommand extends CommandOptions {
  cwd: string;
  /** As in `SafeGit.run`. */
  writes: readonly string[] | null;
}

/** Starts git: shut in where the machine can do that, since no list of disarmed settings is ever whole. */
export type GitRunner = (command: GitCommand) => Promise<CommandResult>;

/** A checkout of a large repository on a slow disk; everything else answers within seconds. */
const TIMEOUT_MS = 120_000;

/**
 * What a repository's own configuration must not decide: hooks, the file system monitor, submodules and maintenance
 * would start programs, and nothing here talks to a remote.
 */
const FIXED_CONFIG: readonly (readonly [string, string])[] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["submodule.recurse", "false"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["protocol.allow", "never"],
];

/** Scopes that only the machine's owner writes: a filter from there (Git LFS) stays in force. */
const TRUSTED_SCOPES: readonly string[] = ["system", "global"];

/**
 * @param environment PATH to find git by, HOME for the owner's own configuration; nothing else reaches git
 */
export const createSafeGit = (
  environment: Readonly<Record<string, string>>,
  start: GitRunner = runCommand,
  timeoutMs = TIMEOUT_MS,
): SafeGit => {
  const call = async (
    cwd: string,
    args: readonly string[],
    config: readonly (readonly [string, string])[],
    writes: readonly string[] | null,
  ): Promise<GitResult> => {
    const result = await start({
      command: "git",
      args: ["--no-pager", ...args],
      cwd,
      env: { ...environment, ...configVariables(config), ...FIXED_VARIABLES },
      timeoutMs,
      maxOutputBytes: 16 * 1_048_576,
      writes,
    });
    if (result.ok) return { code: result.code ?? 128, stdout: result.stdout, stderr: result.stderr };
    if (result.reason === "spawn") {
      if (result.error.code === "not_found") {
        throw new DomainError("git_missing", "git is not installed on the server", { cause: result.error });
      }
      throw new DomainError("git_failed", `git could not be started in ${cwd}`, { cause: result.error });
    }
    const how = result.reason === "timeout" ? "did not end in time" : "said more than can be read";
    throw new DomainError("git_failed", `git ${args[0] ?? ""} ${how} in ${cwd}`);
  };

  /** Filters run commands at checkout and at status: those that the repository brings itself are emptied. */
  const disarmedFilters = async (cwd: string): Promise<[string, string][]> => {
    const args = ["config", "--null", "--show-scope", "--name-only", "--get-regexp", "^filter\\."];
    const { stdout } = await call(cwd, args, FIXED_CONFIG, null);
    const words = stdout.split("\0");
    const names = new Set<string>();
    for (let index = 0; index + 1 < words.length; index += 2) {
      const [scope = "", key = ""] = [words[index], words[index + 1]];
      if (!TRUSTED_SCOPES.includes(scope)) names.add(key.slice(0, key.lastIndexOf(".")));
    }
    return [...names].flatMap((name): [string, string][] => [
      [`${name}.smudge`, ""],
      [`${name}.clean`, ""],
      [`${name}.process`, ""],
      [`${name}.required`, "false"],
    ]);
  };

  return {
    run: async (cwd, args, writes = null) =>
      call(cwd, args, [...FIXED_CONFIG, ...(await disarmedFilters(cwd))], writes),
  };
};

const FIXED_VARIABLES: Readonly<Record<string, string>> = {
  LC_ALL: "C",
  GIT_TERMINAL_PROMPT: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_OPTIONAL_LOCKS: "0",
};

/** By environment, not by `-c`: a filter whose name contains `=` could not be named there. */
const configVariables = (config: readonly (readonly [string, string])[]): Record<string, string> => {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(config.length) };
  config.forEach(([key, value], index) => {
    variables[`GIT_CONFIG_KEY_${index}`] = key;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return variables;
};
