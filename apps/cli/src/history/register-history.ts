import type { RegisterCommands } from "../registration.ts";
import type { HistoryOptions, HistoryVerbs } from "./history-command.ts";
import type { WhyOptions } from "./why-command.ts";

/** `steward history …` and `steward why`. */
export const registerHistoryCommands: RegisterCommands = ({ program, command, say, onService }) => {
  const history = (use: (verbs: HistoryVerbs) => ReturnType<HistoryVerbs["list"]>) =>
    onService(
      () => import("./history-command.ts"),
      ({ createHistoryVerbs }, deps) => use(createHistoryVerbs(deps)),
    );
  const parent = command(program, "history", "cli.describe.history").action(() =>
    history(({ list }) => list({})),
  );
  command(parent, "list", "cli.describe.history_list")
    .option("--limit <n>", say("cli.option.history_limit"))
    .option("--json", say("cli.option.json"))
    .action((options: HistoryOptions) => history(({ list }) => list(options)));
  command(parent, "show", "cli.describe.history_show")
    .option("--chat <chat>", say("cli.option.history_chat"))
    .option("--limit <n>", say("cli.option.history_limit"))
    .option("--json", say("cli.option.json"))
    .action((options: HistoryOptions) => history(({ show }) => show(options)));
  command(parent, "export", "cli.describe.history_export")
    .option("--chat <chat>", say("cli.option.history_chat"))
    .option("--format <format>", say("cli.option.history_format"))
    .action((options: HistoryOptions) => history((verbs) => verbs.export(options)));
  command(parent, "delete", "cli.describe.history_delete")
    .option("--chat <chat>", say("cli.option.history_chat"))
    .option("--before <day>", say("cli.option.history_before"))
    .option("--message <n>", say("cli.option.history_message"))
    .option("--yes", say("cli.option.history_yes"))
    .action((options: HistoryOptions) => history((verbs) => verbs.delete(options)));

  command(program, "why", "cli.describe.why")
    .argument("[turn]", say("cli.argument.why_turn"))
    .option("--chat <chat>", say("cli.option.history_chat"))
    .option("--json", say("cli.option.json"))
    .action((turnId: string | undefined, options: WhyOptions) =>
      onService(
        () => import("./why-command.ts"),
        ({ runWhy }, deps) => runWhy(turnId, options, deps),
      ),
    );
};
