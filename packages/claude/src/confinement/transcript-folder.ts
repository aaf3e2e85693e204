const LONGEST_PLAIN_NAME = 200;

/**
 * The name under `~/.claude/projects` where the CLI keeps the conversations of a working directory (its real path).
 * `null` for paths so long that the CLI cuts them and adds a hash of its own.
 */
export function encodeTranscriptFolder(cwd: string): string | null {
  const name = cwd.replaceAll(/[^A-Za-z0-9]/g, "-");
  return name.length > LONGEST_PLAIN_NAME ? null : name;
}
