import type { CliConfinement } from "@steward/claude/cli-confinement";
import { CliError } from "@steward/claude/cli-driver";
import type { SandboxInfo } from "@steward/contract/health";
import { translate } from "@steward/contract/messages";
import type { GitRunner } from "@steward/core/projects/safe-git";
import type { Logger } from "@steward/platform/logger";
import { runCommand } from "@steward/platform/process";
import type { Sandbox, SandboxExamination } from "@steward/platform/sandbox";

export interface SandboxHostDeps {
  setting: SandboxInfo["setting"];
  bypassWithout: boolean;
  /** Tries to break out of it. */
  examine: () => Promise<SandboxExamination>;
  confine: (sandbox: Sandbox) => CliConfinement;
  plain: CliConfinement;
  confineGit: (sandbox: Sandbox) => GitRunner;
  isRoot: boolean;
  log: Logger;
}

/**
 * Finds out, once, whether this machine can shut the CLI in, and starts every CLI accordingly. The finding out runs in
 * the background and is waited for by the first process.
 */
export class SandboxHost implements CliConfinement {
  readonly #deps: SandboxHostDeps;
  #confinement: CliConfinement | null = null;
  #runGit: GitRunner = runCommand;
  #problem: SandboxInfo["problem"] = null;
  #detail = "";
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
    const active = this.#confinement !== null;
    return { setting, active, problem: this.#problem, message: this.#sentence() };
  }

  spawn: CliConfinement["spawn"] = async (options, launch) => {
    await this.decided();
    if (this.#confinement !== null) return await this.#confinement.spawn(options, launch);
    const { setting, bypassWithout, isRoot, plain } = this.#deps;
    const isBypass = launch.permissionMode === "bypassPermissions";
    if (setting === "require" || (isBypass && !bypassWithout)) {
      throw new CliError("cli_unconfined", this.#sentence() ?? "");
    }
    // The CLI refuses this mode to root unless it is told that somebody has taken care.
    const env = isBypass && isRoot ? { ...options.env, IS_SANDBOX: "1" } : options.env;
    return await plain.spawn({ ...options, env }, launch);
  };

  /** Git of Steward's own, where agents may have written. */
  runGit: GitRunner = async (command) => {
    await this.decided();
    return await this.#runGit(command);
  };

  /** Why `bypassPermissions` must not be chosen now; null when it may. */
  refuseBypass(): string | null {
    if (this.#confinement !== null || this.#deps.bypassWithout) return null;
    if (!this.#isKnown) return "The sandbox is still being tried out; ask again in a moment.";
    return "bypassPermissions needs a working sandbox (see `steward doctor`), or STEWARD_BYPASS_WITHOUT_SANDBOX=1 in .env.";
  }

  async #decide(): Promise<void> {
    const { setting, log } = this.#deps;
    if (setting === "off") {
      log.warn("the sandbox is switched off: the agent can do whatever this user can");
      return;
    }
    const examination = await this.#deps.examine();
    if (!examination.holds) {
      const { problem, detail } = examination;
      this.#problem = problem;
      this.#detail = detail;
      log.warn({ problem, detail }, "no sandbox: the agent can do whatever this user can");
      return;
    }
    this.#confinement = this.#deps.confine(examination.sandbox);
    this.#runGit = this.#deps.confineGit(examination.sandbox);
    log.info({ durationMs: examination.durationMs }, "sandbox proved");
  }

  #sentence(): string | null {
    if (this.#confinement !== null) return null;
    if (this.#problem === null) return translate("en", "cli.doctor.sandbox_off");
    return translate("en", `cli.doctor.sandbox_${this.#problem}`, { detail: this.#detail });
  }
}
