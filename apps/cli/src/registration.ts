import type { MessageKey } from "@steward/contract/messages";
import type { Command } from "commander";
import type { ExitCode } from "./exit-codes.ts";
import type { CommandContext } from "./service/service.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** What a group of commands needs to put itself into the program. */
export interface Registration {
  readonly program: Command;
  readonly context: CommandContext;
  /** A command with the options that each has. */
  command(parent: Command, usage: string, description: MessageKey): Command;
  readonly say: Terminal["say"];
  run(action: () => Promise<ExitCode> | ExitCode): Promise<void>;
}

export type RegisterCommands = (registration: Registration) => void;
