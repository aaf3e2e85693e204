/** What a turn is doing, as far as a person waiting for it wants to know. */
export type StatusState =
  | "queued"
  | "starting"
  | "thinking"
  | "working"
  | "writing"
  | "waiting_for_approval"
  | "compacting"
  | "stopping";

/** The words of a status message, in the person's language. The catalogue they come from is the caller's. */
export interface StatusWords {
  states: Readonly<Record<Exclude<StatusState, "queued">, string>>;
  queued(position: number | null): string;
  retrying(attempt: number, maxRetries: number, delayS: number): string;
  tools(count: number): string;
  /** So many lines or characters are not shown here. */
  hidden(count: number): string;
}
