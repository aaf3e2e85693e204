import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Surroundings } from "../src/core.ts";
import type { Workspaces } from "../src/sessions/engine.ts";

/** A machine of the owner's: a home, Steward's data directory in it, and room for projects. */
export interface TestMachine {
  /** Real path of everything. */
  root: string;
  home: string;
  data: string;
  surroundings: Surroundings;
  workspaces: Workspaces;
  directory(name: string): string;
  /** A git repository with one commit of `files`. */
  repository(name: string, files?: Record<string, string>): string;
}

export const createTestMachine = (): TestMachine => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "steward-projects-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const home = join(root, "home");
  const data = join(home, ".steward");
  mkdirSync(join(data, "workspaces"), { recursive: true });
  const gitEnvironment = { PATH: process.env.PATH ?? "", HOME: home };
  const directory = (name: string): string => {
    const path = join(root, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  return {
    root,
    home,
    data,
    surroundings: {
      stewardDirectories: [data],
      homeDirectory: home,
      worktreesDirectory: join(data, "worktrees"),
      archiveDirectory: join(data, "archive"),
      commandsDirectory: join(data, "commands"),
      commandEnvironment: gitEnvironment,
      transcriptDirectories: [join(home, ".claude", "projects")],
      gitEnvironment,
    },
    workspaces: {
      ensure: ({ botId, chatId }) => {
        const path = join(data, "workspaces", botId, chatId);
        mkdirSync(path, { recursive: true });
        return path;
      },
      pathOf: ({ botId, chatId }) => join(data, "workspaces", botId, chatId),
      exists: existsSync,
      locate: ({ botId, chatId }) => {
        const path = join(data, "workspaces", botId, chatId);
        return existsSync(path) ? path : null;
      },
    },
    directory,
    repository: (name, files = { "README.md": "first\n" }) => {
      const path = directory(name);
      git(path, "init", "--quiet", "--initial-branch=main");
      for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
      commitAll(path);
      return path;
    },
  };
};

export const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1" },
  });

export const commitAll = (cwd: string): void => {
  git(cwd, "add", "--all");
  git(cwd, "commit", "--quiet", "--message", "work");
};
