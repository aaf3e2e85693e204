import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SandboxRequest } from "@steward/platform/sandbox";
import { asObject, parseRawMessage } from "../codec/raw-message.ts";
import { encodeTranscriptFolder } from "./transcript-folder.ts";

export interface ClaudeHomeOptions {
  home: string;
  cwd: string;
  cliSessionId: string;
  /** Conversations of other chats may lie beside this one's (a project directory that several chats work in). */
  isShared: boolean;
}

/** What a person has told their CLI for all of its sessions. The agent may read it, as in the person's own sessions. */
const READ_ONLY = [
  "settings.json",
  "CLAUDE.md",
  "agents",
  "commands",
  "hooks",
  "output-styles",
  "plugins",
  "rules",
  "skills",
] as const;
/** By session; they belong to what a resumed conversation goes on with. */
const PER_SESSION = ["file-history", "tasks"] as const;
/** Of the CLI's state file: other directories with what was typed there, and servers with their keys. */
const LEFT_OUT: ReadonlySet<string> = new Set(["mcpServers", "projects", "githubRepoPaths"]);

/**
 * The part of `~/.claude` that one conversation needs: its transcript folder and its own session folders writable, the
 * login writable (the CLI renews it in place; a renewal that got lost would log the owner out), the person's settings
 * to read. Its state file is a copy: what is written there ends with the process.
 *
 * @throws Error when the working directory's path is too long to know its transcript folder
 */
export function showClaudeHome(
  options: ClaudeHomeOptions,
): Pick<SandboxRequest, "writable" | "readOnly" | "masked" | "files"> {
  const { home, cwd, cliSessionId } = options;
  const claude = join(home, ".claude");
  const name = encodeTranscriptFolder(cwd);
  if (name === null) throw new Error(`the path of ${cwd} is too long to be worked in from the sandbox`);
  const transcripts = join(claude, "projects", name);
  const sessions = PER_SESSION.map((folder) => join(claude, folder, cliSessionId));
  for (const folder of [transcripts, ...sessions]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    writable: [transcripts, ...sessions, join(claude, ".credentials.json")],
    readOnly: READ_ONLY.map((each) => join(claude, each)),
    masked: options.isShared ? conversationsOfOthers(transcripts, cliSessionId) : [],
    files: copyState(join(home, ".claude.json")),
  };
}

/** `<uuid>.jsonl` and, for some, a folder `<uuid>` beside it. What has another name is the directory's, not a chat's. */
function conversationsOfOthers(transcripts: string, cliSessionId: string): string[] {
  return readdirSync(transcripts)
    .filter((name) => /^[0-9a-f]{8}-[0-9a-f-]{27}(\.jsonl)?$/.test(name) && !name.startsWith(cliSessionId))
    .map((name) => join(transcripts, name));
}

function copyState(path: string): { path: string; content: string }[] {
  const state = readState(path);
  if (state === undefined) return [];
  const kept = Object.fromEntries(Object.entries(state).filter(([name]) => !LEFT_OUT.has(name)));
  return [{ path, content: JSON.stringify(kept) }];
}

function readState(path: string): Record<string, unknown> | undefined {
  try {
    return asObject(parseRawMessage(readFileSync(path, "utf8")));
  } catch {
    // A CLI that never ran has none.
    return undefined;
  }
}
