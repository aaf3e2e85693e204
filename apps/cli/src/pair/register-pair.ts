import type { ExitCode } from "../exit-codes.ts";
import type { RegisterCommands } from "../registration.ts";
import type { AllowChatOptions, ChatAccess } from "./chat-access.ts";
import type { InvitationDesk, InviteOptions } from "./invitation-desk.ts";
import type { Pairing } from "./pairing.ts";

/** `steward pair …` */
export const registerPairCommands: RegisterCommands = ({ program, command, say, onService }) => {
  const pairing = (use: (pairing: Pairing) => Promise<ExitCode>) =>
    onService(
      () => import("./pairing.ts"),
      ({ createPairing }, deps) => use(createPairing({ ...deps, now: Date.now })),
    );
  const invitations = (use: (desk: InvitationDesk) => Promise<ExitCode>) =>
    onService(
      () => import("./invitation-desk.ts"),
      ({ createInvitationDesk }, deps) => use(createInvitationDesk({ ...deps, now: Date.now })),
    );
  const groups = (use: (chats: ChatAccess) => Promise<ExitCode>) =>
    onService(
      () => import("./chat-access.ts"),
      ({ createChatAccess }, deps) => use(createChatAccess(deps)),
    );

  const pair = command(program, "pair", "cli.describe.pair").action(() =>
    pairing(({ showRequests }) => showRequests()),
  );
  command(pair, "approve", "cli.describe.pair_approve")
    .argument("<code>", say("cli.argument.code"))
    .action((code: string) => pairing(({ approve }) => approve(code)));
  command(pair, "refuse", "cli.describe.pair_refuse")
    .argument("<code>", say("cli.argument.code"))
    .action((code: string) => pairing(({ refuse }) => refuse(code)));
  command(pair, "list", "cli.describe.pair_list").action(() => pairing(({ showAccess }) => showAccess()));
  command(pair, "role", "cli.describe.pair_role")
    .argument("<user>", say("cli.argument.user"))
    .argument("<role>", say("cli.argument.role"))
    .option("--bot <bot>", say("cli.option.pair_bot"))
    .action((user: string, role: string, options: { bot?: string }) =>
      pairing(({ setRole }) => setRole(user, role, options.bot)),
    );
  command(pair, "revoke", "cli.describe.pair_revoke")
    .argument("<bot>", say("cli.argument.bot"))
    .argument("<user>", say("cli.argument.user"))
    .action((bot: string, user: string) => pairing(({ revoke }) => revoke(bot, user)));

  command(pair, "invite", "cli.describe.pair_invite")
    .option("--role <role>", say("cli.option.invite_role"))
    .option("--bot <bot>", say("cli.option.pair_bot"))
    .option("--expires <time>", say("cli.option.invite_expires"))
    .action((options: InviteOptions) => invitations(({ invite }) => invite(options)));
  command(pair, "invitations", "cli.describe.pair_invitations").action(() =>
    invitations(({ list }) => list()),
  );
  command(pair, "withdraw", "cli.describe.pair_withdraw")
    .argument("<invitation>", say("cli.argument.invitation"))
    .action((id: string) => invitations(({ withdraw }) => withdraw(id)));

  command(pair, "chats", "cli.describe.pair_chats").action(() => groups(({ list }) => list()));
  command(pair, "allow-chat", "cli.describe.pair_allow_chat")
    .argument("<group>", say("cli.argument.group"))
    .option("--bot <bot>", say("cli.option.pair_bot"))
    .option("--who <whom>", say("cli.option.chat_admits"))
    .option("--listen <what>", say("cli.option.chat_listens"))
    .action((chatId: string, options: AllowChatOptions) => groups(({ allow }) => allow(chatId, options)));
  command(pair, "disallow-chat", "cli.describe.pair_disallow_chat")
    .argument("<group>", say("cli.argument.group"))
    .option("--bot <bot>", say("cli.option.pair_bot"))
    .action((chatId: string, options: { bot?: string }) =>
      groups(({ disallow }) => disallow(chatId, options)),
    );
};
