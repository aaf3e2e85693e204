import type { RegisterCommands } from "../registration.ts";
import type { MemoryEvalOptions } from "./memory-eval-command.ts";

/** `steward memory eval`, among the other commands about memory. */
export const registerMemoryEval: RegisterCommands = ({ program, command, say, run, context }) => {
  const { terminal } = context;
  const memory =
    program.commands.find((known) => known.name() === "memory") ??
    command(program, "memory", "cli.describe.memory_eval");
  command(memory, "eval", "cli.describe.memory_eval")
    .option("--file <path>", say("cli.option.eval_file"))
    .option("--embedder <model>", say("cli.option.eval_embedder"), (name, names: string[] = []) => [
      ...names,
      name,
    ])
    .option("--json", say("cli.option.json"))
    .action((options: MemoryEvalOptions) =>
      run(async () => {
        const [{ runMemoryEval }, { withService }] = await Promise.all([
          import("./memory-eval-command.ts"),
          import("../service/service.ts"),
        ]);
        return await withService(context, ({ client }) => runMemoryEval(options, { client, terminal }));
      }),
    );
};
