import type { RegisterCommands } from "../registration.ts";
import type { SearchStatusOptions } from "./search-status-command.ts";

/** `steward search …`. */
export const registerSearchCommands: RegisterCommands = ({ program, command, say, run, context }) => {
  const { terminal } = context;
  const load = () => Promise.all([import("./search-status-command.ts"), import("../service/service.ts")]);

  const search = command(program, "search", "cli.describe.search");
  command(search, "status", "cli.describe.search_status")
    .option("--json", say("cli.option.json"))
    .action((options: SearchStatusOptions) =>
      run(async () => {
        const [{ runSearchStatus }, { withService }] = await load();
        return await withService(context, ({ client }) => runSearchStatus(options, { client, terminal }));
      }),
    );
  command(search, "reindex", "cli.describe.search_reindex").action(() =>
    run(async () => {
      const [{ runReindex }, { withService }] = await load();
      return await withService(context, ({ client }) => runReindex({ client, terminal }));
    }),
  );
};
