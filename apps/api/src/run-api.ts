import { DataDirectoryError } from "@steward/platform/data-directory";
import { formatProblems, loadDotEnv } from "@steward/platform/env";
import { InstanceLockedError } from "@steward/schema/instance-lock";
import { DatabaseError } from "@steward/schema/sqlite";
import { storageFaultOf } from "@steward/schema/storage-fault";
import { describeDamage } from "./backups/describe-damage.ts";
import { type RunningApi, startApi } from "./container.ts";
import { type Environment, mergeEnvironment, readApiConfig } from "./env.ts";
import { SandboxRequiredError } from "./sandbox/create-sandbox-host.ts";

/**
 * What the supervisor understands: 1 = settings to be mended, 3 = another instance runs, 4 = the database is damaged, and
 * only a person can decide what becomes of it; anything else = a crash, to be started again.
 */
const MISCONFIGURED = 1;
const HELD = 3;
const DAMAGED = 4;
const CRASHED = 70;
/** EX_IOERR: writing failed in a way after which only a new start may write. */
const STORAGE_BROKEN = 74;
/** Whoever was refused is still told so. */
const LAST_WORDS_MS = 100;

/** The program: settings → container → listening → signals. Ends the process. */
export async function runApi(source: { own: Environment; dotEnvPath: string }): Promise<void> {
  const environment = mergeEnvironment(source.own, loadDotEnv(source.dotEnvPath));
  const config = readApiConfig(environment);
  if (!config.ok) {
    const problems = formatProblems(config.problems);
    return refuseToStart(MISCONFIGURED, `Steward cannot start: these settings are wrong:\n${problems}`);
  }

  let api: RunningApi;
  try {
    api = await startApi({
      config: config.value,
      environment,
      dotEnvPath: source.dotEnvPath,
      // Not in good order: that would write. The CLIs end with this process, or are ended by the next start.
      onStorageBroken: () => void setTimeout(() => process.exit(STORAGE_BROKEN), LAST_WORDS_MS),
    });
  } catch (error) {
    if (error instanceof InstanceLockedError) {
      const version = error.holder === null ? "" : ` (version ${error.holder.version})`;
      return refuseToStart(HELD, `Steward cannot start: ${error.message}${version}`);
    }
    if (error instanceof DatabaseError && error.problem === "corrupt")
      return refuseToStart(DAMAGED, describeDamage(error, config.value.homeDirectory, environment));
    if (storageFaultOf(error) !== null)
      return refuseToStart(
        MISCONFIGURED,
        `Steward cannot start: the database cannot be written: ${String(error)}`,
      );
    if (isForThePerson(error)) return refuseToStart(MISCONFIGURED, `Steward cannot start: ${error.message}`);
    throw error;
  }

  const leave = async (exitCode: number): Promise<never> => {
    await api.stop().catch((error: unknown) => api.log.error({ err: error }, "could not end in good order"));
    process.exit(exitCode);
  };
  process.on("SIGTERM", () => void leave(0));
  process.on("SIGINT", () => void leave(0));
  // Rejections that nobody handles arrive here as well.
  process.on("uncaughtException", (error, origin) => {
    api.log.error({ err: error, origin }, "an error that nobody foresaw");
    void leave(CRASHED);
  });
}

function refuseToStart(exitCode: number, reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(exitCode);
}

/** What a person can mend, told in a sentence; the rest is a defect and shows where it was. */
const isForThePerson = (error: unknown): error is Error =>
  error instanceof DataDirectoryError ||
  error instanceof DatabaseError ||
  error instanceof SandboxRequiredError ||
  (error instanceof Error && "syscall" in error && error.syscall === "listen");
