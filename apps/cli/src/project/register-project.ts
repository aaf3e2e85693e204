import type { ConversationsOptions, ConversationsVerbs } from "../conversations/conversations-command.ts";
import type { RegisterCommands } from "../registration.ts";
import type { AddOptions, ProjectVerbs, UseOptions } from "./project-command.ts";

/** `steward project …` and `steward conversations …`. */
export const registerProjectCommands: RegisterCommands = ({ program, command, say, onService }) => {
  const project = (use: (verbs: ProjectVerbs) => ReturnType<ProjectVerbs["list"]>) =>
    onService(
      () => import("./project-command.ts"),
      ({ createProjectVerbs }, deps) => {
        // Where npm was called, when it is npm that calls us in the checkout.
        const directory = deps.environment.INIT_CWD ?? process.cwd();
        return use(createProjectVerbs({ ...deps, directory }));
      },
    );
  const projects = command(program, "project", "cli.describe.project").action(() =>
    project(({ list }) => list()),
  );
  command(projects, "add", "cli.describe.project_add")
    .argument("<path>", say("cli.argument.path"))
    .option("--name <name>", say("cli.option.project_name"))
    .option("--force", say("cli.option.project_force"))
    .action((path: string, options: AddOptions) => project(({ add }) => add(path, options)));
  command(projects, "list", "cli.describe.project_list").action(() => project(({ list }) => list()));
  command(projects, "remove", "cli.describe.project_remove")
    .argument("<name>", say("cli.argument.project"))
    .action((name: string) => project(({ remove }) => remove(name)));
  command(projects, "use", "cli.describe.project_use")
    .argument("<name>", say("cli.argument.project_or_none"))
    .option("--chat <chat>", say("cli.option.any_chat"))
    .option("--worktree", say("cli.option.project_worktree"))
    .action((name: string, options: UseOptions) => project(({ use }) => use(name, options)));

  const conversation = (use: (verbs: ConversationsVerbs) => ReturnType<ConversationsVerbs["list"]>) =>
    onService(
      () => import("../conversations/conversations-command.ts"),
      ({ createConversationsVerbs }, deps) => use(createConversationsVerbs(deps)),
    );
  const conversations = command(program, "conversations", "cli.describe.conversations")
    .option("--chat <chat>", say("cli.option.any_chat"))
    .action((options: ConversationsOptions) => conversation(({ list }) => list(options)));
  const verb = (usage: string, description: Parameters<typeof command>[2]) =>
    command(conversations, usage, description)
      .option("--chat <chat>", say("cli.option.any_chat"))
      .argument("<id>", say("cli.argument.conversation"));
  // Written before the verb, the option is read by its parent.
  const both = (options: ConversationsOptions): ConversationsOptions => ({
    ...conversations.opts(),
    ...options,
  });
  verb("resume", "cli.describe.conversations_resume").action((id: string, options: ConversationsOptions) =>
    conversation(({ resume }) => resume(id, both(options))),
  );
  verb("rename", "cli.describe.conversations_rename")
    .argument("<title...>", say("cli.argument.title"))
    .action((id: string, title: string[], options: ConversationsOptions) =>
      conversation(({ rename }) => rename(id, title.join(" "), both(options))),
    );
  verb("remove-worktree", "cli.describe.conversations_remove_worktree").action(
    (id: string, options: ConversationsOptions) =>
      conversation(({ removeWorktree }) => removeWorktree(id, both(options))),
  );
};
