/**
 * The words that Steward's own front ends answer to after a slash, also those that are to come: no file of a person's and
 * no command of Claude Code's can take their place. A test of the bot holds its table against this list.
 */
export const BUILT_IN_COMMANDS: ReadonlySet<string> = new Set([
  ...[
    "start",
    "help",
    "new",
    "reset",
    "stop",
    "cancel",
    "status",
    "queue",
    "sessions",
    "resume",
    "model",
    "mode",
  ],
  ...[
    "cost",
    "usage",
    "context",
    "compact",
    "retry",
    "project",
    "why",
    "trace",
    "panic",
    "allow",
    "disallow",
    "away",
    "back",
    "export",
    "search",
  ],
  ...["memory", "remember", "forget"],
  ...["verbose", "settings", "whoami", "id", "approve", "deny", "confirm", "doctor"],
]);

/** What people expect and does not exist yet. Who writes one is told so, and is not corrected to something else. */
export const COMING_COMMANDS: ReadonlySet<string> = new Set([...["cron", "remind", "tasks", "bg"]]);
