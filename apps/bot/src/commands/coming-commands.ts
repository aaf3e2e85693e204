/**
 * Commands that people expect and that do not exist yet. They are no rows of the table, so that nothing lists them; who
 * writes one is told so, instead of being corrected to a command that means something else.
 */
export const COMING: ReadonlySet<string> = new Set([
  "memory",
  "remember",
  "forget",
  "search",
  "cron",
  "remind",
  "tasks",
  "bg",
  "confirm",
]);
