import type { Registration } from "../registration.ts";
import type { MemoryEvalOptions } from "./memory-eval-command.ts";

/** `steward memory eval`. @param memory the command that it belongs to */
export const registerMemoryEval = (
  { command, say, onService }: Registration,
  memory: Registration["program"],
): void => {
  command(memory, "eval", "cli.describe.memory_eval")
    .option("--file <path>", say("cli.option.eval_file"))
    .option("--embedder <model>", say("cli.option.eval_embedder"), (name, names: string[] = []) => [
      ...names,
      name,
    ])
    .option("--json", say("cli.option.json"))
    .action((options: MemoryEvalOptions) =>
      onService(
        () => import("./memory-eval-command.ts"),
        ({ runMemoryEval }, deps) => runMemoryEval(options, deps),
      ),
    );
};
