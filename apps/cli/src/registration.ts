import type { Client } from "@steward/client/client";
import type { MessageKey } from "@steward/contract/messages";
import type { Command } from "commander";
import type { ExitCode } from "./exit-codes.ts";
import type { CommandContext } from "./service/service.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** What a group of commands needs to put itself into the program. */
export interface Registration {
  readonly program: Command;
  /** A command with the options that each has. */
  command(parent: Command, usage: string, description: MessageKey): Command;
  readonly say: Terminal["say"];
  /** Loads a command's code only now, and has it done with the running service. */
  onService<Module>(
    load: () => Promise<Module>,
    act: (module: Module, deps: { client: Client } & CommandContext) => Promise<ExitCode>,
  ): Promise<void>;
}

export type RegisterCommands = (registration: Registration) => void;
