import type { RegisterCommands } from "../registration.ts";
import type { UsageOptions } from "../usage/usage-command.ts";
import type { PanicOptions } from "./panic-command.ts";

/** `steward panic`, `steward usage` and `steward sessions …`. */
export const registerBrakeCommands: RegisterCommands = ({ program, command, say, run, context }) => {
  const { terminal } = context;
  command(program, "panic", "cli.describe.panic")
    .option("--release", say("cli.option.panic_release"))
    .action((options: PanicOptions) =>
      run(async () => {
        const [{ runPanic }, { withService }] = await Promise.all([
          import("./panic-command.ts"),
          import("../service/service.ts"),
        ]);
        return await withService(context, ({ client }) => runPanic(options, { client, terminal }));
      }),
    );

  command(program, "usage", "cli.describe.usage")
    .option("--by <group>", say("cli.option.usage_by"), "day")
    .option("--days <number>", say("cli.option.usage_days"), "30")
    .option("--json", say("cli.option.json"))
    .action((options: UsageOptions) =>
      run(async () => {
        const [{ runUsage }, { withService }] = await Promise.all([
          import("../usage/usage-command.ts"),
          import("../service/service.ts"),
        ]);
        return await withService(context, ({ client }) =>
          runUsage(options, { client, terminal, nowMs: Date.now() }),
        );
      }),
    );

  const sessions = command(program, "sessions", "cli.describe.sessions")
    .option("--json", say("cli.option.json"))
    .action((options: { json?: boolean }) =>
      run(async () => {
        const [{ runSessions }, { withService }] = await Promise.all([
          import("../sessions/sessions-command.ts"),
          import("../service/service.ts"),
        ]);
        return await withService(context, ({ client }) =>
          runSessions(options, { client, terminal, nowMs: Date.now() }),
        );
      }),
    );
  command(sessions, "reap", "cli.describe.sessions_reap")
    .option("--older-than <age>", say("cli.option.older_than"))
    .action((options: { olderThan?: string }) =>
      run(async () => {
        const [{ runReap }, { withService }] = await Promise.all([
          import("../sessions/sessions-command.ts"),
          import("../service/service.ts"),
        ]);
        return await withService(context, ({ client }) =>
          runReap(options, { client, terminal, nowMs: Date.now() }),
        );
      }),
    );
};
