import { createApprovalCommands } from "./approval-commands.ts";
import { createBrakeCommands } from "./brake-commands.ts";
import type { CommandRow } from "./command-row.ts";
import { createHelpCommand } from "./help-command.ts";
import { createModelCommand } from "./model-command.ts";
import {
  createNewCommand,
  createStartCommand,
  createStatusCommand,
  createStopCommand,
} from "./plain-commands.ts";
import { createProjectCommand } from "./project-command.ts";
import { createSessionsCommand } from "./sessions-command.ts";
import { createWhoamiCommand } from "./whoami-command.ts";

/** Most commands: everybody, everywhere, at any time, in the menu. */
const USUAL = { aliases: [], scope: "both", role: "user", inMenu: true, whileBusy: true } as const;

/**
 * Every command there is, in the order of the menu. Menus, `/help`, rights, the nearest match and the list in
 * docs/telegram.md come from here.
 */
export const COMMAND_TABLE: readonly CommandRow[] = [
  {
    ...USUAL,
    name: "new",
    aliases: ["reset"],
    description: "bot.command.new",
    section: "talk",
    create: createNewCommand,
  },
  {
    ...USUAL,
    name: "stop",
    description: "bot.command.stop",
    section: "queue",
    create: createStopCommand,
  },
  {
    ...USUAL,
    name: "status",
    description: "bot.command.status",
    section: "look",
    create: createStatusCommand,
  },
  {
    ...USUAL,
    name: "sessions",
    description: "bot.command.sessions",
    section: "talk",
    create: createSessionsCommand,
  },
  {
    ...USUAL,
    name: "project",
    hint: "bot.hint.project",
    description: "bot.command.project",
    section: "choose",
    create: createProjectCommand,
  },
  {
    ...USUAL,
    name: "model",
    hint: "bot.hint.model",
    description: "bot.command.model",
    section: "choose",
    create: createModelCommand,
  },
  {
    ...USUAL,
    name: "approve",
    hint: "bot.hint.approve",
    description: "bot.command.approve",
    section: "safety",
    create: (deps) => createApprovalCommands(deps).approve,
  },
  {
    ...USUAL,
    name: "deny",
    hint: "bot.hint.deny",
    description: "bot.command.deny",
    section: "safety",
    create: (deps) => createApprovalCommands(deps).deny,
  },
  {
    ...USUAL,
    name: "panic",
    description: "bot.command.panic",
    section: "safety",
    role: "admin",
    create: (deps) => createBrakeCommands(deps).panic,
  },
  {
    ...USUAL,
    name: "resume",
    description: "bot.command.resume",
    section: "safety",
    create: (deps) => createBrakeCommands(deps).resume,
  },
  {
    ...USUAL,
    name: "whoami",
    aliases: ["id"],
    description: "bot.command.whoami",
    section: "look",
    inMenu: false,
    create: createWhoamiCommand,
  },
  { ...USUAL, name: "help", description: "bot.command.help", section: "help", create: createHelpCommand },
  {
    ...USUAL,
    name: "start",
    description: "bot.command.start",
    section: "help",
    // Clients have a button of their own for it.
    inMenu: false,
    create: createStartCommand,
  },
];
