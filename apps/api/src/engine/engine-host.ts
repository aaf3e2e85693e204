import { type CliBinary, CliError } from "@steward/claude/cli-driver";
import type { SystemInfo } from "@steward/contract/health";
import { translateError } from "@steward/contract/messages";
import type { Engine } from "@steward/core/engine";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { chooseEngine, isConfigured } from "./choose-engine.ts";

export interface CliLogin {
  loggedIn: boolean;
  /** By which login, in the CLI's word. */
  method: string | null;
}

/** What can be asked about the CLI on this machine. */
export interface CliProbe {
  /** Throws CliError: cli_not_found, cli_too_old … */
  find(): Promise<CliBinary>;
  /** Throws CliError when the CLI cannot be asked. Takes about a second. */
  login(binary: CliBinary): Promise<CliLogin>;
  /** Ends what is being asked just now. */
  end(): Promise<void>;
}

/** The built-in demo model once it runs. */
export interface DemoEndpoint {
  /** The CLI's complete environment: its own HOME, the model's address and key. */
  env: Record<string, string>;
  close(): Promise<void>;
}

export interface EngineHostDeps {
  probe: CliProbe;
  hasCredentials: boolean;
  hasTelegram: boolean;
  /** Whether this installation was ever configured; survives restarts. */
  memory: { wasConfigured(): boolean; rememberConfigured(): void };
  /** The CLI's complete environment for the owner's own login. */
  liveEnvironment: () => Record<string, string>;
  startDemo: () => Promise<DemoEndpoint>;
  clock: Pick<Clock, "monotonicMs">;
  log: Logger;
}

export type EngineStatus = Pick<SystemInfo, "mode" | "cli">;

/**
 * Finds out who answers turns, and hands out what a CLI process is to be started with. The finding out runs in the
 * background from `start` on and is waited for by the first turn, so that it never delays readiness.
 */
export class EngineHost implements Engine {
  readonly #deps: EngineHostDeps;
  #binary: CliBinary | null = null;
  #login: CliLogin | null = null;
  #problem: CliError | null = null;
  #kind: "live" | "demo" = "live";
  #demo: Promise<DemoEndpoint> | null = null;
  #decided: Promise<void> | null = null;

  constructor(deps: EngineHostDeps) {
    this.#deps = deps;
  }

  get kind(): "live" | "demo" {
    return this.#kind;
  }

  /** Begins finding out. Safe to call twice. */
  start(): void {
    this.#decided ??= this.#decide();
  }

  /** Resolves when it is known who answers. Never rejects. */
  decided(): Promise<void> {
    this.start();
    return this.#decided ?? Promise.resolve();
  }

  async launch(): Promise<{ binary: CliBinary; env: Record<string, string> }> {
    await this.decided();
    const binary = this.#binary ?? (await this.#find());
    if (this.#kind === "demo") {
      const demo = await this.#startDemo();
      return { binary, env: demo.env };
    }
    // Asked again each time until it is there: a person logs in while we run.
    if (this.#login?.loggedIn === false) await this.#askLogin(binary);
    if (this.#login?.loggedIn === false) throw new CliError("cli_not_logged_in", "claude auth status");
    return { binary, env: this.#deps.liveEnvironment() };
  }

  /** Whether the CLI has a login now, asked afresh; null when it cannot be asked. The demo needs none. */
  async askLogin(): Promise<boolean | null> {
    await this.decided();
    if (this.#kind === "demo") return true;
    await this.#askLogin(this.#binary ?? (await this.#find()));
    return this.#login?.loggedIn ?? null;
  }

  status(): EngineStatus {
    const live = this.#kind === "live";
    const missing = live && this.#login?.loggedIn === false ? "cli_not_logged_in" : null;
    const code = this.#problem?.code ?? missing;
    return {
      mode: this.#kind,
      cli: {
        found: this.#binary !== null,
        path: this.#binary?.path ?? null,
        version: this.#binary?.version ?? null,
        source: this.#binary?.source ?? null,
        login: live && this.#login?.loggedIn === true ? this.#login.method : null,
        problem: code === null ? null : translateError("en", code, { version: "", minimum: "" }),
      },
    };
  }

  /** Nothing that was started by this survives. */
  async stop(): Promise<void> {
    await this.#deps.probe.end();
    await this.#decided;
    // A server that never started needs no closing.
    const demo = await this.#demo?.catch(() => null);
    await demo?.close();
  }

  async #decide(): Promise<void> {
    const { hasCredentials, hasTelegram, memory, log } = this.#deps;
    const startedMs = this.#deps.clock.monotonicMs();
    // At once: a start that ends before the CLI has answered has still seen that this is somebody's installation.
    if ((hasCredentials || hasTelegram) && !memory.wasConfigured()) memory.rememberConfigured();
    try {
      const binary = await this.#find();
      await this.#askLogin(binary);
    } catch (error) {
      // Kept as the problem, and met again by the turn that wants to start a process.
      log.warn({ err: error }, "claude was not found");
    }
    const facts = {
      hasCredentials,
      hasTelegram,
      wasConfigured: memory.wasConfigured(),
      loggedIn: this.#login?.loggedIn ?? null,
    };
    this.#kind = chooseEngine(facts);
    if (isConfigured(facts) && !facts.wasConfigured) memory.rememberConfigured();
    const { mode, cli } = this.status();
    const durationMs = Math.round(this.#deps.clock.monotonicMs() - startedMs);
    log.info(
      { mode, version: cli.version, source: cli.source, login: cli.login, durationMs },
      "engine chosen",
    );
  }

  async #find(): Promise<CliBinary> {
    try {
      this.#binary = await this.#deps.probe.find();
      this.#problem = null;
      return this.#binary;
    } catch (error) {
      this.#problem =
        error instanceof CliError ? error : new CliError("cli_spawn_failed", String(error), { cause: error });
      throw error;
    }
  }

  /** Not being able to ask is no answer: then the CLI itself will say, in the turn. */
  async #askLogin(binary: CliBinary): Promise<void> {
    try {
      this.#login = await this.#deps.probe.login(binary);
      if (this.#login.loggedIn && this.#kind === "live" && !this.#deps.memory.wasConfigured()) {
        this.#deps.memory.rememberConfigured();
      }
    } catch (error) {
      this.#login = null;
      this.#deps.log.warn({ err: error }, "the login could not be asked for");
    }
  }

  /** One server for all, and another attempt when it could not start. */
  #startDemo(): Promise<DemoEndpoint> {
    this.#demo ??= this.#deps.startDemo().catch((error: unknown) => {
      this.#demo = null;
      throw error;
    });
    return this.#demo;
  }
}
