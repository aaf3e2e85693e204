import type { ExitCode } from "../exit-codes.ts";
import type { RegisterCommands } from "../registration.ts";
import type { ApprovalsVerbs, ListOptions } from "./approvals-command.ts";

/** `steward approvals …`. */
export const registerApprovalsCommands: RegisterCommands = ({ program, command, say, onService }) => {
  const use = (act: (verbs: ApprovalsVerbs) => Promise<ExitCode>) =>
    onService(
      () => import("./approvals-command.ts"),
      ({ createApprovalsVerbs }, deps) => act(createApprovalsVerbs({ ...deps, now: Date.now })),
    );
  const approvals = command(program, "approvals", "cli.describe.approvals")
    .option("--all", say("cli.option.approvals_all"))
    .option("--watch", say("cli.option.approvals_watch"))
    .option("--bot <bot>", say("cli.option.scope_bot"))
    .option("--chat <chat>", say("cli.option.scope_chat"))
    .action((options: ListOptions) => use(({ list }) => list(options)));
  const verb = (usage: string, description: Parameters<typeof command>[2]) =>
    command(approvals, usage, description).argument("<id>", say("cli.argument.approval"));
  verb("show", "cli.describe.approvals_show").action((id: string) => use(({ show }) => show(id)));
  verb("allow", "cli.describe.approvals_allow")
    .option("--session", say("cli.option.approvals_session"))
    .action((id: string, options: { session?: boolean }) => use(({ allow }) => allow(id, options)));
  verb("deny", "cli.describe.approvals_deny")
    .option("--message <text>", say("cli.option.approvals_message"))
    .action((id: string, options: { message?: string }) => use(({ deny }) => deny(id, options)));
  verb("answer", "cli.describe.approvals_answer")
    .argument("<answers...>", say("cli.argument.answers"))
    .action((id: string, answers: string[]) => use(({ answer }) => answer(id, answers)));
};
