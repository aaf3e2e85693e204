import type { CliExit } from "@steward/claude/cli-driver";
import type { ErrorCode } from "@steward/contract/errors";
import type { TurnOutcome } from "../turns/turn-outcome.ts";
import type { SessionLimits } from "./session-limits.ts";
import type { SilencePhase } from "./turn-run.ts";

/** How long a turn may be silent now, and what it fails with when it is silent for longer. */
export const silenceLimit = (phase: SilencePhase, limits: SessionLimits): { ms: number; code: ErrorCode } => {
  switch (phase) {
    case "first_event":
      return { ms: limits.firstEventMs, code: "cli_first_event_timeout" };
    case "tool":
      return { ms: limits.toolSilenceMs, code: "cli_tool_silent" };
    case "model":
      return { ms: limits.modelSilenceMs, code: "cli_silent" };
  }
};

/** The end of a turn that was silent for too long, with what it had said. */
export const outcomeOfSilence = (
  text: string,
  { ms, code }: { ms: number; code: ErrorCode },
): TurnOutcome => ({
  state: "failed",
  text,
  errorCode: code,
  errorParams: { seconds: Math.round(ms / 1000) },
  errorDetail: null,
});

/** The end of a turn that took longer than a turn may that nobody waits for. */
export const outcomeOfWallLimit = (text: string, wallMs: number): TurnOutcome => ({
  state: "failed",
  text,
  errorCode: "turn_too_long",
  errorParams: { minutes: Math.round(wallMs / 60_000) },
  errorDetail: null,
});

/** The end of a turn whose processes took more memory than one session may have. */
export const outcomeOfOutgrown = (text: string, limitBytes: number): TurnOutcome => ({
  state: "failed",
  text,
  errorCode: "session_too_large",
  errorParams: { limitMb: Math.round(limitBytes / 1_048_576) },
  errorDetail: null,
});

/** In the ancestor's words: its clients show them as they are. */
export const describeExit = ({ code, signal, stderrTail }: CliExit): string => {
  const how = signal ? `was ended by ${signal}` : `exited with code ${code}`;
  const stderr = stderrTail.trim().slice(-500);
  return stderr === "" ? `Claude ${how}` : `Claude ${how}\nstderr: ${stderr}`;
};
