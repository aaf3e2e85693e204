import type { CliConfinement } from "@steward/claude/cli-confinement";
import { CliError } from "@steward/claude/cli-driver";
import type { SandboxInfo } from "@steward/contract/health";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { FindBubblewrapResult, SandboxVerdict } from "@steward/platform/sandbox";

export interface SandboxHostDeps {
  setting: SandboxInfo["setting"];
  bypassWithout: boolean;
  find: () => Promise<FindBubblewrapResult>;
  /** Proves the sandbox made with this bubblewrap by trying to break out of it. */
  prove: (found: Extract<FindBubblewrapResult, { ok: true }>) => Promise<{
    verdict: SandboxVerdict;
    confinement: CliConfinement;
  }>;
  plain: CliConfinement;
  isRoot: boolean;
  clock: Pick<Clock, "monotonicMs">;
  log: Logger;
}

/**
 * Finds out, once, whether this machine can shut the CLI in, and starts every CLI accordingly. The finding out runs in
 * the background and is waited for by the first process.
 */
export class SandboxHost implements CliConfinement {
  readonly #deps: SandboxHostDeps;
  #confinement: CliConfinement | null = null;
  #problem: SandboxInfo["problem"] = null;
  #detail: string | null = null;
  #decided: Promise<void> | null = null;
  #isKnown = false;

  constructor(deps: SandboxHostDeps) {
    this.#deps = deps;
  }

  /** Begins finding out, at the first call. Resolves when it is known; never rejects. */
  decided(): Promise<void> {
    this.#decided ??= this.#decide().finally(() => {
      this.#isKnown = true;
    });
    return this.#decided;
  }

  status(): SandboxInfo {
    const { setting } = this.#deps;
    return { setting, active: this.#confinement !== null, problem: this.#problem, detail: this.#detail };
  }

  spawn: CliConfinement["spawn"] = async (options, launch) => {
    await this.decided();
    if (this.#confinement !== null) return await this.#confinement.spawn(options, launch);
    const { setting, bypassWithout, isRoot, plain } = this.#deps;
    const isBypass = launch.permissionMode === "bypassPermissions";
    if (setting === "require" || (isBypass && !bypassWithout)) {
      throw new CliError("cli_unconfined", this.#detail ?? "the sandbox is switched off");
    }
    // The CLI refuses this mode to root unless it is told that somebody has taken care.
    const env = isBypass && isRoot ? { ...options.env, IS_SANDBOX: "1" } : options.env;
    return await plain.spawn({ ...options, env }, launch);
  };

  /** Why `bypassPermissions` must not be chosen now; null when it may. */
  refuseBypass(): string | null {
    if (this.#confinement !== null || this.#deps.bypassWithout) return null;
    if (!this.#isKnown) return "The sandbox is still being tried out; ask again in a moment.";
    return "bypassPermissions needs a working sandbox (see `steward doctor`), or STEWARD_BYPASS_WITHOUT_SANDBOX=1 in .env.";
  }

  async #decide(): Promise<void> {
    const { setting, clock, log } = this.#deps;
    if (setting === "off") {
      log.warn("the sandbox is switched off: the agent can do whatever this user can");
      return;
    }
    const startedMs = clock.monotonicMs();
    const found = await this.#deps.find();
    if (!found.ok) return this.#fail(found.reason, found.detail);
    const { verdict, confinement } = await this.#deps.prove(found);
    if (!verdict.holds) {
      const didNotStart = verdict.failures.includes("start");
      return this.#fail(
        didNotStart ? "refused" : "leaks",
        didNotStart ? verdict.detail : verdict.failures.join(", "),
      );
    }
    this.#confinement = confinement;
    const durationMs = Math.round(clock.monotonicMs() - startedMs);
    log.info({ bubblewrap: found.bubblewrap.version, durationMs }, "sandbox proved");
  }

  #fail(problem: NonNullable<SandboxInfo["problem"]>, detail: string): void {
    this.#problem = problem;
    this.#detail = detail.split("\n", 1)[0]?.slice(0, 300) ?? "";
    this.#deps.log.warn({ problem, detail: this.#detail }, "no sandbox: the agent can do whatever this user can");
  }
}
