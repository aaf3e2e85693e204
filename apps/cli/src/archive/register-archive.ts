import type { RegisterCommands } from "../registration.ts";
import type { ArchiveOptions, ArchiveVerbs } from "./archive-command.ts";

/** `steward archive …`. */
export const registerArchiveCommands: RegisterCommands = ({ program, command, say, onService }) => {
  const archive = (use: (verbs: ArchiveVerbs) => ReturnType<ArchiveVerbs["list"]>) =>
    onService(
      () => import("./archive-command.ts"),
      ({ createArchiveVerbs }, deps) => use(createArchiveVerbs(deps)),
    );
  const archives = command(program, "archive", "cli.describe.archive").action(() =>
    archive(({ list }) => list({})),
  );
  command(archives, "list", "cli.describe.archive_list")
    .option("--chat <chat>", say("cli.option.any_chat"))
    .action((options: ArchiveOptions) => archive(({ list }) => list(options)));
  command(archives, "restore", "cli.describe.archive_restore")
    .argument("<id>", say("cli.argument.archive"))
    .action((id: string) => archive(({ restore }) => restore(id)));
  command(archives, "forget", "cli.describe.archive_forget")
    .argument("<id>", say("cli.argument.archive"))
    .action((id: string) => archive(({ forget }) => forget(id)));
  command(archives, "now", "cli.describe.archive_now")
    .option("--chat <chat>", say("cli.option.any_chat"))
    .action((options: ArchiveOptions) => archive(({ now }) => now(options)));
};
