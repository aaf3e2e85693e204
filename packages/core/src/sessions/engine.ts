import type { CliBinary } from "@steward/claude/cli-driver";

/** What answers turns: the user's own CLI, or the same CLI pointed at the built-in demo model. */
export interface Engine {
  readonly kind: "live" | "demo";
  /**
   * What a process is to be started with, fresh for each start. `env` is the complete environment of the child.
   * Throws CliError when there is no usable CLI.
   */
  launch(): Promise<{ binary: CliBinary; env: Record<string, string> }>;
}

/** Where a chat's conversations work. */
export interface Workspaces {
  /** The absolute path, created with mode 0700 when it is missing. Throws when it would lie outside its root. */
  ensure(address: { botId: string; chatId: string; threadId: string }): string;
  /** The same path, made or not. */
  pathOf(address: { botId: string; chatId: string; threadId: string }): string;
  /** Whether a path that `ensure` once answered is still a directory. */
  exists(path: string): boolean;
  /** The absolute path of one that is there; null when it is missing, or lies outside its root. */
  locate(address: { botId: string; chatId: string; threadId: string }): string | null;
}
