/**
 * The named points of a turn at which a test may cut (fault matrix §3). One per step between an update's arrival and
 * its delivery, and of a start. A test walks one turn and one restart past all of them: a point that nothing passes is
 * taken out.
 */
export const FAILPOINTS = [
  "boot.locked",
  "boot.database_open",
  "recovery.reaped",
  "recovery.turn",
  "recovery.done",
  "boot.listening",
  "inbox.before_commit",
  "inbox.after_commit",
  "inbox.before_answer",
  "turn.before_commit",
  "turn.after_commit",
  "turn.announced",
  "turn.prompt_written",
  "turn.started",
  "turn.checkpoint_before_commit",
  "turn.checkpoint_after_commit",
  "tool.before_mark",
  "tool.after_mark",
  "result.before_commit",
  "result.after_commit",
  "result.before_publish",
  "placeholder.before_commit",
  "placeholder.after_commit",
  "delivery.before_settle",
  "delivery.after_settle",
  "session.exit",
  "archive.packed",
  "archive.renamed",
  "archive.committed",
  "archive.put_aside",
  "restore.unpacked",
] as const;

export type FailpointName = (typeof FAILPOINTS)[number];
