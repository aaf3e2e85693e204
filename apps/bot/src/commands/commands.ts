import { type MessageKey, translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import { renderMarkdown } from "@steward/telegram/render";
import { createKeyboard } from "../outbound/keyboard.ts";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import { createApprovalCommands } from "./approval-commands.ts";
import { createBrakeCommands } from "./brake-commands.ts";
import type { Command } from "./command.ts";
import { describeChat } from "./describe-chat.ts";
import { createModelCommand } from "./model-command.ts";
import { nearestCommand } from "./nearest-command.ts";
import { createProjectCommand } from "./project-command.ts";
import { createSessionsCommand } from "./sessions-command.ts";

export interface CommandDeps {
  steward: Pick<
    Steward,
    | "stop"
    | "status"
    | "newConversation"
    | "projects"
    | "chooseProject"
    | "conversations"
    | "models"
    | "chatModel"
    | "chooseModel"
    | "panic"
    | "releasePanic"
    | "pendingApprovals"
    | "decideApproval"
  >;
  messenger: Pick<Messenger, "say">;
  clock: Pick<Clock, "now">;
}

/** The menu, in the order it is shown. `start` is known without being in it: clients have a button of their own. */
export const MENU = [
  "new",
  "stop",
  "status",
  "sessions",
  "project",
  "model",
  "approve",
  "deny",
  "panic",
  "resume",
  "help",
] as const;
export type CommandName = "start" | (typeof MENU)[number];
const KNOWN: readonly CommandName[] = ["start", ...MENU];

export type Commands = Record<CommandName | "unknown", Command>;

/** What people can ask for with a slash. */
export function createCommands({ steward, messenger, clock }: CommandDeps): Commands {
  const sayMarkdown =
    (key: MessageKey): Command =>
    async ({ address, language }) => {
      await messenger.say(address, renderMarkdown(translate(language, key)));
    };

  return {
    start: sayMarkdown("bot.welcome"),
    help: sayMarkdown("bot.help"),

    new: async ({ address, language }) => {
      const { archivesGivenUp: paths = [] } = await steward.newConversation(address);
      const done = translate(language, "bot.new_done");
      const without = translate(language, "chat.archives_given_up", { paths: paths.join("\n") });
      await messenger.say(address, plainText(paths.length === 0 ? done : `${done}\n\n${without}`));
    },

    stop: async ({ address, language }) => {
      const { stopped, waiting } = await steward.stop(address);
      if (waiting > 0) {
        const held = translate(language, "bot.queue_held", { count: waiting });
        const keyboard = createKeyboard(language, [{ kind: "run_queue" }, { kind: "drop_queue" }]);
        await messenger.say(address, plainText(held), { keyboard });
      } else if (!stopped) {
        await messenger.say(address, plainText(translate(language, "bot.stop_idle")));
      }
      // That it was stopped, the turn's own message says: saying it twice would only push it up.
    },

    status: async ({ address, language }) => {
      const status = await steward.status(address);
      const isHeld = status.held && status.waiting > 0;
      await messenger.say(address, describeChat(status, language, clock.now()), {
        keyboard: createKeyboard(language, isHeld ? [{ kind: "run_queue" }, { kind: "drop_queue" }] : []),
      });
    },

    ...createApprovalCommands({ steward, messenger }),
    ...createBrakeCommands({ steward, messenger }),
    model: createModelCommand({ steward, messenger }),
    project: createProjectCommand({ steward, messenger }),
    sessions: createSessionsCommand({ steward, messenger, clock }),

    unknown: async ({ address, language, name }) => {
      const nearest = nearestCommand(name, KNOWN);
      const command = `/${name}`;
      const text =
        nearest === null
          ? translate(language, "bot.unknown_command", { command })
          : translate(language, "bot.unknown_command_near", { command, nearest });
      await messenger.say(address, plainText(text));
    },
  };
}
