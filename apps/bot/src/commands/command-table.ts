import {
  createForgetCommand,
  createMemoryCommand,
  createRememberCommand,
} from "../memory/memory-commands.ts";
import { createAllowCommand, createDisallowCommand } from "./allow-commands.ts";
import { createApprovalCommands } from "./approval-commands.ts";
import { createAwayCommands } from "./away-commands.ts";
import { createPanicCommand, createResumeCommand } from "./brake-commands.ts";
import type { CommandRow } from "./command-row.ts";
import { createConfirmCommand } from "./confirm-command.ts";
import { createCostCommand } from "./cost-command.ts";
import { createDoctorCommand } from "./doctor-command.ts";
import { createExportCommand } from "./export-command.ts";
import { createHelpCommand } from "./help-command.ts";
import { createModeCommand } from "./mode-command.ts";
import { createModelCommand } from "./model-command.ts";
import {
  createNewCommand,
  createStartCommand,
  createStatusCommand,
  createStopCommand,
} from "./plain-commands.ts";
import { createProjectCommand } from "./project-command.ts";
import { createCancelCommand, createQueueCommand } from "./queue-commands.ts";
import { createRetryCommand } from "./retry-command.ts";
import { createPassedCommand } from "./run-own-command.ts";
import { createSearchCommand } from "./search-command.ts";
import { createSessionsCommand } from "./sessions-command.ts";
import { createSettingsCommand } from "./settings-command.ts";
import { createTraceCommand } from "./trace-command.ts";
import { createVerboseCommand } from "./verbose-command.ts";
import { createWhoamiCommand } from "./whoami-command.ts";
import { createWhyCommand } from "./why-command.ts";

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
    name: "queue",
    description: "bot.command.queue",
    section: "queue",
    create: createQueueCommand,
  },
  {
    ...USUAL,
    name: "cancel",
    description: "bot.command.cancel",
    section: "queue",
    create: createCancelCommand,
  },
  {
    ...USUAL,
    name: "retry",
    description: "bot.command.retry",
    section: "queue",
    whileBusy: false,
    create: createRetryCommand,
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
    name: "search",
    hint: "bot.hint.search",
    description: "bot.command.search",
    section: "look",
    create: createSearchCommand,
  },
  {
    ...USUAL,
    name: "resume",
    hint: "bot.hint.resume",
    description: "bot.command.resume",
    section: "talk",
    inMenu: false,
    create: createResumeCommand,
  },
  {
    ...USUAL,
    name: "compact",
    hint: "bot.hint.compact",
    description: "bot.command.compact",
    section: "talk",
    create: createPassedCommand,
  },
  {
    ...USUAL,
    name: "context",
    description: "bot.command.context",
    section: "look",
    create: createPassedCommand,
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
    name: "mode",
    hint: "[ask|edits|plan|bypass]",
    description: "bot.command.mode",
    section: "choose",
    create: createModeCommand,
  },
  {
    ...USUAL,
    name: "verbose",
    hint: "[0|1|2]",
    description: "bot.command.verbose",
    section: "choose",
    create: createVerboseCommand,
  },
  {
    ...USUAL,
    name: "settings",
    description: "bot.command.settings",
    section: "choose",
    create: createSettingsCommand,
  },
  {
    ...USUAL,
    name: "cost",
    aliases: ["usage"],
    description: "bot.command.cost",
    section: "look",
    create: createCostCommand,
  },
  {
    ...USUAL,
    name: "approve",
    hint: "bot.hint.approve",
    description: "bot.command.approve",
    section: "safety",
    inMenu: false,
    create: (deps) => createApprovalCommands(deps).approve,
  },
  {
    ...USUAL,
    name: "deny",
    hint: "bot.hint.deny",
    description: "bot.command.deny",
    section: "safety",
    inMenu: false,
    create: (deps) => createApprovalCommands(deps).deny,
  },
  {
    ...USUAL,
    name: "memory",
    description: "bot.command.memory",
    section: "memory",
    create: createMemoryCommand,
  },
  {
    ...USUAL,
    name: "remember",
    hint: "bot.hint.remember",
    description: "bot.command.remember",
    section: "memory",
    // The menu is full, and a plain "remember …" does the same.
    inMenu: false,
    create: createRememberCommand,
  },
  {
    ...USUAL,
    name: "forget",
    hint: "bot.hint.forget",
    description: "bot.command.forget",
    section: "memory",
    inMenu: false,
    create: createForgetCommand,
  },
  {
    ...USUAL,
    name: "away",
    description: "bot.command.away",
    section: "talk",
    create: (deps) => createAwayCommands(deps).away,
  },
  {
    ...USUAL,
    name: "back",
    description: "bot.command.back",
    section: "talk",
    inMenu: false,
    create: (deps) => createAwayCommands(deps).back,
  },
  {
    ...USUAL,
    name: "export",
    description: "bot.command.export",
    section: "talk",
    create: createExportCommand,
  },
  {
    ...USUAL,
    name: "trace",
    description: "bot.command.trace",
    section: "look",
    create: createTraceCommand,
  },
  {
    ...USUAL,
    name: "why",
    description: "bot.command.why",
    section: "look",
    create: createWhyCommand,
  },
  {
    ...USUAL,
    name: "confirm",
    description: "bot.command.confirm",
    section: "safety",
    inMenu: false,
    create: createConfirmCommand,
  },
  {
    ...USUAL,
    name: "panic",
    description: "bot.command.panic",
    section: "safety",
    role: "admin",
    create: createPanicCommand,
  },
  {
    ...USUAL,
    name: "doctor",
    description: "bot.command.doctor",
    section: "look",
    role: "admin",
    create: createDoctorCommand,
  },
  {
    ...USUAL,
    name: "allow",
    description: "bot.command.allow",
    section: "safety",
    scope: "group",
    role: "admin",
    create: createAllowCommand,
  },
  {
    ...USUAL,
    name: "disallow",
    description: "bot.command.disallow",
    section: "safety",
    scope: "group",
    role: "admin",
    inMenu: false,
    create: createDisallowCommand,
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
  {
    ...USUAL,
    name: "help",
    description: "bot.command.help",
    section: "help",
    create: createHelpCommand,
  },
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
