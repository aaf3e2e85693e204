import type { RegisterCommands } from "../registration.ts";
import type { FindOptions } from "./find-command.ts";

/** `steward find`. */
export const registerFindCommands: RegisterCommands = ({ program, command, say, onService }) => {
  command(program, "find", "cli.describe.find")
    .argument("<words...>", say("cli.argument.words"))
    .option("--bot <bot>", say("cli.option.scope_bot"))
    .option("--chat <chat>", say("cli.option.scope_chat"))
    .option("--limit <n>", say("cli.option.history_limit"))
    .option("--json", say("cli.option.json"))
    .action((words: string[], options: FindOptions) =>
      onService(
        () => import("./find-command.ts"),
        ({ runFind }, deps) => runFind(words, options, deps),
      ),
    );
};
