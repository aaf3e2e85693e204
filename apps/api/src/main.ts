import { resolve } from "node:path";
import { DataDirectoryError } from "@steward/platform/data-directory";
import { formatProblems, loadDotEnv } from "@steward/platform/env";
import { InstanceLockedError } from "@steward/schema/instance-lock";
import { DatabaseError } from "@steward/schema/sqlite";
import { startApi } from "./container.ts";
import { mergeEnvironment, readApiConfig } from "./env.ts";

/** What the supervisor understands: 1 = settings to be mended, 3 = another instance runs, anything else = a crash. */
const MISCONFIGURED = 1;
const HELD = 3;
const CRASHED = 70;

const environment = mergeEnvironment(process.env, loadDotEnv(resolve(import.meta.dirname, "../../../.env")));
const config = readApiConfig(environment);
if (!config.ok) {
  console.error(`Steward cannot start, these settings are wrong:\n${formatProblems(config.problems)}`);
  process.exit(MISCONFIGURED);
}

const api = await startApi({ config: config.value, environment }).catch((error: unknown) => {
  const expected =
    error instanceof DataDirectoryError || error instanceof DatabaseError || isListenError(error);
  if (error instanceof InstanceLockedError) {
    const version = error.holder === null ? "" : ` (version ${error.holder.version})`;
    console.error(`Steward cannot start: ${error.message}${version}`);
    process.exit(HELD);
  }
  console.error("Steward cannot start:", expected ? error.message : error);
  process.exit(expected ? MISCONFIGURED : CRASHED);
});

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

function isListenError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error && error.syscall === "listen";
}
