import type { RegisterCommands } from "../registration.ts";
import type { UsageOptions } from "../usage/usage-command.ts";
import type { PanicOptions } from "./panic-command.ts";

/** `steward panic`, `steward usage` and `steward sessions …`. */
export const registerBrakeCommands: RegisterCommands = ({ program, command, say, onService }) => {
  command(program, "panic", "cli.describe.panic")
    .option("--release", say("cli.option.panic_release"))
    .action((options: PanicOptions) =>
      onService(
        () => import("./panic-command.ts"),
        ({ runPanic }, deps) => runPanic(options, deps),
      ),
    );

  command(program, "usage", "cli.describe.usage")
    .option("--by <group>", say("cli.option.usage_by"), "day")
    .option("--days <number>", say("cli.option.usage_days"), "30")
    .option("--json", say("cli.option.json"))
    .action((options: UsageOptions) =>
      onService(
        () => import("../usage/usage-command.ts"),
        ({ runUsage }, deps) => runUsage(options, { ...deps, nowMs: Date.now() }),
      ),
    );

  const sessions = command(program, "sessions", "cli.describe.sessions")
    .option("--json", say("cli.option.json"))
    .action((options: { json?: boolean }) =>
      onService(
        () => import("../sessions/sessions-command.ts"),
        ({ runSessions }, deps) => runSessions(options, { ...deps, nowMs: Date.now() }),
      ),
    );
  command(sessions, "reap", "cli.describe.sessions_reap")
    .option("--older-than <age>", say("cli.option.older_than"))
    .action((options: { olderThan?: string }) =>
      onService(
        () => import("../sessions/sessions-command.ts"),
        ({ runReap }, deps) => runReap(options, { ...deps, nowMs: Date.now() }),
      ),
    );
};
