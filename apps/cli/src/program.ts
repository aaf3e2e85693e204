import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import type { MessageKey } from "@steward/contract/messages";
import { Command, type Help } from "commander";
import { registerApprovalsCommands } from "./approvals/register-approvals.ts";
import { registerArchiveCommands } from "./archive/register-archive.ts";
import { registerBrakeCommands } from "./brakes/register-brakes.ts";
import type { ChatOptions } from "./chat/chat-command.ts";
import { registerDeliveryCommands } from "./deliveries/register-deliveries.ts";
import type { ExitCode } from "./exit-codes.ts";
import { registerFindCommands } from "./find/register-find.ts";
import { registerHistoryCommands } from "./history/register-history.ts";
import { registerMemoryCommands } from "./memory/register-memory.ts";
import { registerPairCommands } from "./pair/register-pair.ts";
import type { ScopeOptions } from "./policies/scope.ts";
import type { SettingsVerbs } from "./policies/settings-command.ts";
import { registerProjectCommands } from "./project/register-project.ts";
import type { Registration } from "./registration.ts";
import { registerSearchCommands } from "./search/register-search.ts";
import type { CommandContext } from "./service/service.ts";
import { displayWidth } from "./terminal/display-width.ts";
import type { Terminal } from "./terminal/terminal.ts";
import type { TokenOptions } from "./token/token-command.ts";
import { registerWebCommands } from "./web/register-web.ts";

/**
 * The commands and their help. Each command's code is loaded when it runs: help has to be there at once.
 *
 * @param run is handed what the chosen command does; resolves when it is done.
 */
export function createProgram(
  context: CommandContext,
  run: (action: () => Promise<ExitCode> | ExitCode) => Promise<void>,
): Command {
  const { terminal } = context;
  const { say } = terminal;

  const command = (parent: Command, usage: string, description: MessageKey): Command =>
    parent
      .command(usage)
      .description(say(description))
      .helpOption("-h, --help", say("cli.option.help"))
      .option("--no-color", say("cli.option.no_color"));

  const program = new Command("steward")
    .description(say("cli.description"))
    .version(readVersion(), "-V, --version", say("cli.option.version"))
    .helpOption("-h, --help", say("cli.option.help"))
    .helpCommand("help [command]", say("cli.describe.help"))
    .option("--no-color", say("cli.option.no_color"))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
      // Told by main in the person's language.
      outputError: () => undefined,
    })
    .configureHelp(helpIn(terminal))
    .addHelpText("after", () => `${examples(terminal, MAIN_EXAMPLES)}\n\n${say("cli.help.in_checkout")}`);

  command(program, "chat", "cli.describe.chat")
    .argument("[text...]", say("cli.argument.text"))
    .option("--chat <name>", say("cli.option.chat"), "cli")
    .option("--new", say("cli.option.new"))
    .option("--file <path>", say("cli.option.chat_file"), (path, paths: string[] = []) => [...paths, path])
    .option("--json", say("cli.option.chat_json"))
    .addHelpText("after", () => examples(terminal, CHAT_EXAMPLES))
    .action((words: string[], options: ChatOptions) =>
      run(async () => {
        const { runChat } = await import("./chat/chat-command.ts");
        return await runChat(words, options, context);
      }),
    );

  const onService: Registration["onService"] = (load, act) =>
    run(async () => {
      const [module, { withService }] = await Promise.all([load(), import("./service/service.ts")]);
      return await withService(context, ({ client }) => act(module, { client, ...context }));
    });
  const registration: Registration = { program, command, say, onService };

  registerPairCommands(registration);

  command(program, "token", "cli.describe.token")
    .option("--show", say("cli.option.show"))
    .option("--gateway-url", say("cli.option.gateway_url"))
    .action((options: TokenOptions) =>
      run(async () => {
        const { runToken } = await import("./token/token-command.ts");
        return runToken(options, context);
      }),
    );

  const scoped = (parent: Command): Command =>
    parent
      .option("--bot <bot>", say("cli.option.scope_bot"))
      .option("--chat <chat>", say("cli.option.scope_chat"));

  scoped(
    command(program, "model", "cli.describe.model").argument("[name]", say("cli.argument.model")),
  ).action((name: string | undefined, options: ScopeOptions) =>
    onService(
      () => import("./models/model-command.ts"),
      ({ runModel }, deps) => runModel(name, options, deps),
    ),
  );

  const settings = (use: (verbs: SettingsVerbs) => Promise<ExitCode>) =>
    onService(
      () => import("./policies/settings-command.ts"),
      ({ createSettingsVerbs }, deps) => use(createSettingsVerbs(deps)),
    );
  const setting = scoped(command(program, "settings", "cli.describe.settings")).action(
    (options: ScopeOptions) => settings(({ show }) => show(options)),
  );
  // An option of both `settings` and its verbs belongs to whichever command it is read by.
  const both = (verb: Command): ScopeOptions => ({ ...setting.opts(), ...verb.opts() });
  scoped(command(setting, "set", "cli.describe.settings_set"))
    .argument("<name>", say("cli.argument.setting"))
    .argument("<value>", say("cli.argument.value"))
    .action((name: string, value: string, _: ScopeOptions, verb: Command) =>
      settings(({ set }) => set(name, value, both(verb))),
    );
  scoped(command(setting, "clear", "cli.describe.settings_clear"))
    .argument("<name>", say("cli.argument.setting"))
    .action((name: string, _: ScopeOptions, verb: Command) =>
      settings(({ clear }) => clear(name, both(verb))),
    );

  scoped(command(setting, "add", "cli.describe.settings_add"))
    .argument("<name>", say("cli.argument.setting"))
    .argument("<item>", say("cli.argument.item"))
    .action((name: string, item: string, _: ScopeOptions, verb: Command) =>
      settings(({ add }) => add(name, item, both(verb))),
    );
  scoped(command(setting, "remove", "cli.describe.settings_remove"))
    .argument("<name>", say("cli.argument.setting"))
    .argument("<item>", say("cli.argument.item"))
    .action((name: string, item: string, _: ScopeOptions, verb: Command) =>
      settings(({ remove }) => remove(name, item, both(verb))),
    );

  registerApprovalsCommands(registration);
  registerBrakeCommands(registration);
  registerProjectCommands(registration);
  registerDeliveryCommands(registration);
  registerMemoryCommands(registration);
  registerSearchCommands(registration);
  registerHistoryCommands(registration);
  registerFindCommands(registration);
  registerArchiveCommands(registration);
  registerWebCommands(registration);

  command(program, "status", "cli.describe.status").action(() =>
    run(async () => {
      const { runStatus } = await import("./status/status-command.ts");
      return await runStatus(context);
    }),
  );

  command(program, "doctor", "cli.describe.doctor")
    .option("--json", say("cli.option.doctor_json"))
    .action((options: { json?: boolean }) =>
      run(async () => {
        const { runDoctor } = await import("./doctor/doctor-command.ts");
        return await runDoctor(options, context);
      }),
    );

  command(program, "backup", "cli.describe.backup")
    .option("--list", say("cli.option.backup_list"))
    .action((options: { list?: boolean }) =>
      run(async () => {
        const { runBackup } = await import("./backup/backup-command.ts");
        return await runBackup(options, context);
      }),
    );

  command(program, "restore", "cli.describe.restore")
    .argument("[file]", say("cli.argument.backup_file"))
    .action((file: string | undefined) =>
      run(async () => {
        const { runRestore } = await import("./backup/restore-command.ts");
        return runRestore(file, context);
      }),
    );

  return program;
}

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** Commander's help with its headings in the person's language, and Chinese characters two places wide. */
function helpIn({ say, style }: Terminal): Partial<Help> {
  const titles: Readonly<Record<string, MessageKey>> = {
    "Usage:": "cli.help.usage",
    "Arguments:": "cli.help.arguments",
    "Options:": "cli.help.options",
    "Commands:": "cli.help.commands",
  };
  const title = (text: string): string => {
    const key = titles[text];
    return style("stdout", "bold", key === undefined ? text : say(key));
  };
  return { styleTitle: title, displayWidth: (text) => displayWidth(stripVTControlCharacters(text)) };
}

type Example = readonly [command: string, meaning: MessageKey];

const MAIN_EXAMPLES: readonly Example[] = [
  ['steward chat "What is in my downloads folder?"', "cli.help.example_hello"],
  ["steward chat", "cli.help.example_talk"],
  ["steward pair", "cli.help.example_pair"],
  ["steward web --open", "cli.help.example_web"],
  ["steward doctor", "cli.help.example_doctor"],
];

const CHAT_EXAMPLES: readonly Example[] = [
  ['steward chat "What is in my downloads folder?"', "cli.help.example_hello"],
  ['git diff | steward chat "Review this:" -', "cli.help.example_pipe"],
  ['steward chat --chat work --new "Plan my week"', "cli.help.example_chat"],
  ['steward chat --file report.pdf "What does it say?"', "cli.help.example_file"],
  ["steward chat", "cli.help.example_talk"],
];

function examples({ say, style }: Terminal, list: readonly Example[]): string {
  const width = Math.max(...list.map(([command]) => command.length));
  const lines = list.map(([command, meaning]) => `  ${command.padEnd(width)}  ${say(meaning)}`);
  return `\n${style("stdout", "bold", say("cli.help.examples"))}\n${lines.join("\n")}`;
}
