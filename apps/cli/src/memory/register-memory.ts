import { registerMemoryEval } from "../memory-eval/register-memory-eval.ts";
import type { RegisterCommands } from "../registration.ts";
import type { MemoryOptions, MemoryVerbs } from "./memory-command.ts";

/** `steward memory …`. */
export const registerMemoryCommands: RegisterCommands = (registration) => {
  const { program, command, say, onService } = registration;
  const memory = (use: (verbs: MemoryVerbs) => ReturnType<MemoryVerbs["list"]>) =>
    onService(
      () => import("./memory-command.ts"),
      ({ createMemoryVerbs }, deps) => use(createMemoryVerbs(deps)),
    );
  const parent = command(program, "memory", "cli.describe.memory").action(() =>
    memory(({ list }) => list({})),
  );
  command(parent, "list", "cli.describe.memory_list")
    .option("--bot <bot>", say("cli.option.memory_bot"))
    .option("--chat <chat>", say("cli.option.memory_chat"))
    .option("--proposed", say("cli.option.memory_proposed"))
    .option("--json", say("cli.option.json"))
    .action((options: MemoryOptions) => memory(({ list }) => list(options)));
  command(parent, "show <number>", "cli.describe.memory_show")
    .option("--json", say("cli.option.json"))
    .action((id: string, options: MemoryOptions) => memory(({ show }) => show(id, options)));
  command(parent, "add <key> <text...>", "cli.describe.memory_add")
    .option("--bot <bot>", say("cli.option.memory_for_bot"))
    .option("--chat <chat>", say("cli.option.memory_for_chat"))
    .option("--shared", say("cli.option.memory_shared"))
    .option("--category <name>", say("cli.option.memory_category"))
    .option("--pin", say("cli.option.memory_pin"))
    .option("--until <day>", say("cli.option.memory_until"))
    .action((key: string, words: string[], options: MemoryOptions) =>
      memory(({ add }) => add(key, words.join(" "), options)),
    );
  command(parent, "edit <number>", "cli.describe.memory_edit")
    .option("--key <key>", say("cli.option.memory_key"))
    .option("--text <text>", say("cli.option.memory_text"))
    .option("--category <name>", say("cli.option.memory_category"))
    .option("--pin", say("cli.option.memory_pin"))
    .option("--no-pin", say("cli.option.memory_unpin"))
    .option("--until <day>", say("cli.option.memory_until"))
    .action((id: string, options: MemoryOptions) => memory(({ edit }) => edit(id, options)));
  command(parent, "forget <number>", "cli.describe.memory_forget").action((id: string) =>
    memory(({ forget }) => forget(id)),
  );
  command(parent, "undo <change>", "cli.describe.memory_undo").action((id: string) =>
    memory(({ undo }) => undo(id)),
  );
  command(parent, "accept <number>", "cli.describe.memory_accept").action((id: string) =>
    memory(({ accept }) => accept(id)),
  );
  command(parent, "reject <number>", "cli.describe.memory_reject").action((id: string) =>
    memory(({ reject }) => reject(id)),
  );
  command(parent, "history [number]", "cli.describe.memory_history")
    .option("--json", say("cli.option.json"))
    .action((id: string | undefined, options: MemoryOptions) =>
      memory(({ history }) => history(id ?? null, options)),
    );
  command(parent, "export", "cli.describe.memory_export")
    .option("--bot <bot>", say("cli.option.memory_bot"))
    .option("--chat <chat>", say("cli.option.memory_for_chat"))
    .action((options: MemoryOptions) => memory((verbs) => verbs.export(options)));
  command(parent, "import <file>", "cli.describe.memory_import")
    .option("--bot <bot>", say("cli.option.memory_for_bot"))
    .option("--chat <chat>", say("cli.option.memory_for_chat"))
    .option("--replace", say("cli.option.memory_replace"))
    .action((file: string, options: MemoryOptions) => memory((verbs) => verbs.import(file, options)));
  registerMemoryEval(registration, parent);
};
