/** What the command tells the shell. */
export const EXIT = {
  ok: 0,
  /** The turn failed, or the doctor found a problem. */
  failed: 1,
  /** Nothing was done: wrong usage, or Steward is not running. */
  nothingDone: 2,
  /** Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
  /** The reader of our output went away: 128 + SIGPIPE. */
  brokenPipe: 141,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An expected end of a command: the sentence for the person, and what the shell is told. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = "CommandFailure";
    this.exitCode = exitCode;
  }
}
