import type { RegisterCommands } from "../registration.ts";
import type { WebOptions } from "./web-command.ts";

/** `steward web`. */
export const registerWebCommands: RegisterCommands = ({ program, command, say, onService }) => {
  command(program, "web", "cli.describe.web")
    .option("--open", say("cli.option.web_open"))
    .option("--list", say("cli.option.web_list"))
    .option("--revoke <id>", say("cli.option.web_revoke"))
    .option("--json", say("cli.option.json"))
    .action((options: WebOptions) =>
      onService(
        () => import("./web-command.ts"),
        ({ runWeb }, deps) => runWeb(options, deps),
      ),
    );
};
