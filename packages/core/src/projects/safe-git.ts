import { DomainError } from "@steward/contract/errors";
import { runCommand } from "@steward/platform/process";

/** How git ended, when it ran at all. */
export interface GitResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs git in a repository that may hold anything an agent has written. */
export interface SafeGit {
  /** Throws DomainError git_missing, or git_failed when it did not come to its end in time. */
  run(cwd: string, args: readonly string[]): Promise<GitResult>;
}

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
export const createSafeGit = (environment: Readonly<Record<string, string>>): SafeGit => {
  const call = async (
    cwd: string,
    args: readonly string[],
    config: readonly (readonly [string, string])[],
  ): Promise<GitResult> => {
    const result = await runCommand({
      command: "git",
      args: ["--no-pager", ...args],
      cwd,
      env: { ...environment, ...configVariables(config), ...FIXED_VARIABLES },
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: 16 * 1_048_576,
    });
    if (result.ok) return { code: result.code ?? 128, stdout: result.stdout, stderr: result.stderr };
    if (result.reason === "spawn") {
      if (result.error.code === "not_found") {
        throw new DomainError("git_missing", "git is not installed on the server", { cause: result.error });
      }
      throw new DomainError("git_failed", `git could not be started in ${cwd}`, { cause: result.error });
    }
    throw new DomainError("git_failed", `git ${args[0] ?? ""} did not end in time in ${cwd}`);
  };

  /** Filters run commands at checkout and at status: those that the repository brings itself are emptied. */
  const disarmedFilters = async (cwd: string): Promise<[string, string][]> => {
    const args = ["config", "--null", "--show-scope", "--name-only", "--get-regexp", "^filter\\."];
    const { stdout } = await call(cwd, args, FIXED_CONFIG);
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
    run: async (cwd, args) => call(cwd, args, [...FIXED_CONFIG, ...(await disarmedFilters(cwd))]),
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
