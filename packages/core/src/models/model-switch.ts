import { CliError, type CliSession } from "@steward/claude/cli-driver";
import type { LaunchChoices } from "../sessions/launch-choices.ts";
import type { TurnOutcome } from "../turns/turn-outcome.ts";

/**
 * Which model one live CLI process answers with. It is changed between turns, never during one: the change is written
 * right before the prompt, and the CLI reads its input in order (2.1.197 and 2.1.328: 20 of 20 prompts sent without
 * waiting for the answer had the new model).
 */
export class ModelSwitch {
  /** As the process was last told; null = the account's default. */
  #current: string | null;
  /** Given with the start; the CLI takes no other one later. */
  readonly fallbackModel: string | null;

  constructor(launched: LaunchChoices) {
    this.#current = launched.model ?? null;
    this.fallbackModel = launched.fallbackModel ?? null;
  }

  /**
   * Tells the process when the next turn wants another model. `onRefused` is called when the CLI does not take it: then
   * the turn must not be answered by whichever model was set before.
   */
  use(wanted: string | null, cli: CliSession, onRefused: (outcome: TurnOutcome) => void): void {
    if (wanted === this.#current) return;
    this.#current = wanted;
    cli.setModel(wanted ?? undefined).catch((error: unknown) => {
      // A process that has gone, or does not answer, is noticed by its exit and its silence.
      if (!(error instanceof CliError) || error.code !== "cli_request_failed") return;
      onRefused({
        state: "failed",
        text: "",
        errorCode: "model_not_found",
        errorParams: { model: wanted ?? "" },
        errorDetail: error.detail.slice(0, 500),
      });
    });
  }
}
