import type { RegisterCommands } from "../registration.ts";
import type { SearchStatusOptions } from "./search-status-command.ts";

/** `steward search …`. */
export const registerSearchCommands: RegisterCommands = ({ program, command, say, onService }) => {
  const search = command(program, "search", "cli.describe.search");
  command(search, "status", "cli.describe.search_status")
    .option("--json", say("cli.option.json"))
    .action((options: SearchStatusOptions) =>
      onService(
        () => import("./search-status-command.ts"),
        ({ runSearchStatus }, deps) => runSearchStatus(options, deps),
      ),
    );
  command(search, "reindex", "cli.describe.search_reindex").action(() =>
    onService(
      () => import("./search-status-command.ts"),
      ({ runReindex }, deps) => runReindex(deps),
    ),
  );
};
