import type { OwnCommand } from "@steward/contract/commands";
import { createFakeClock } from "@steward/platform/clock";
import type { CommandRequest } from "../src/commands/command.ts";
import { createCommandDesk } from "../src/commands/command-desk.ts";
import type { AccessRole } from "../src/commands/command-row.ts";
import { COMMAND_TABLE } from "../src/commands/command-table.ts";
import type { Messenger } from "../src/outbound/messenger.ts";
import type { Steward } from "../src/steward/steward.ts";
import { CHAT, stewardWith } from "./tiny-steward.ts";

/** What the bot said in answer to a command. */
export interface Said {
  text: string;
  buttons: string[];
}

/** The whole command table over the API's verbs that a test names. */
export function startCommands(
  verbs: Partial<Steward> = {},
  {
    role = "owner",
    busy = false,
    own = [],
  }: { role?: AccessRole | null; busy?: boolean; own?: OwnCommand[] } = {},
) {
  const clock = createFakeClock();
  const said: Said[] = [];
  const files: { kind: string; name: string; content: Blob }[] = [];
  const messenger: Partial<Messenger> = {
    say: (_address, { text }, options) => {
      const buttons = (options?.keyboard?.inline_keyboard ?? []).flat().map((button) => button.text);
      said.push({ text, buttons });
      return Promise.resolve(1);
    },
    sendFile: (_address, file) => {
      files.push(file);
      return Promise.resolve(2);
    },
  };
  const desk = createCommandDesk({
    rows: COMMAND_TABLE,
    steward: stewardWith({
      commandList: () => Promise.resolve({ own, cli: ["compact", "context", "review"], problems: [] }),
      runCommand: () => Promise.resolve({ kind: "unknown" }),
      panicStatus: () => Promise.resolve({ active: false, since: null, by: null, waiting: 0 }),
      ...verbs,
    }),
    messenger: messenger as Messenger,
    clock,
    botUsername: "tiny_bot",
    roleOf: () => role,
    isBusy: () => busy,
  });
  const run = async (
    name: string,
    { args = "", ...more }: Partial<CommandRequest> = {},
  ): Promise<Said | undefined> => {
    await desk.handle({
      address: CHAT,
      language: "en",
      name,
      args,
      userId: "77",
      userName: "Ada",
      isGroup: false,
      chatTitle: null,
      messageId: 9,
      replyToMessageId: null,
      replyToText: "",
      onceKey: "telegram-5",
      ...more,
    });
    return said.at(-1);
  };
  return { run, said, files, clock };
}
