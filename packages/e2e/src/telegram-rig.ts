import {
  type AddBotOptions,
  type Bot,
  startTelegramEmulator,
  type TelegramEmulator,
} from "@steward/testkit/telegram";
import { type Rig, type RigOptions, startRig } from "./rig.ts";
import { pairPerson, type TelegramChat } from "./telegram-chat.ts";

/** A whole Steward with a strict Telegram in front of it. */
export interface TelegramRig {
  readonly emulator: TelegramEmulator;
  readonly rig: Rig;
  /** The first of the bots. */
  readonly bot: Bot;
  readonly bots: readonly Bot[];
  /** A new person, let in by the owner, in their private chat with the first bot. */
  pair(name?: string): Promise<TelegramChat>;
  /** Ends everything. Throws when anything was called that Telegram would have refused or swallowed. */
  close(): Promise<void>;
}

/** `SHOW_TRANSCRIPTS=1` prints at the end what the people saw. */
export const startTelegramRig = async ({
  bots: count = 1,
  localFiles,
  botOptions = {},
  ...options
}: Omit<RigOptions, "telegram"> & {
  bots?: number;
  localFiles?: string;
  botOptions?: AddBotOptions;
}): Promise<TelegramRig> => {
  const local = localFiles === undefined ? {} : { localFiles };
  const emulator = await startTelegramEmulator(local);
  const bots = Array.from({ length: count }, () => emulator.addBot(botOptions));
  const [bot] = bots;
  if (bot === undefined) throw new Error("a Telegram rig has at least one bot");
  const rig = await startRig({
    ...options,
    telegram: { url: emulator.url, tokens: bots.map(({ token }) => token), ...local },
  });
  return {
    emulator,
    rig,
    bot,
    bots,
    pair: (name) =>
      pairPerson(rig, emulator, bot, emulator.user(name === undefined ? {} : { first_name: name })),
    close: async () => {
      if (process.env.SHOW_TRANSCRIPTS) console.log(emulator.renderTranscript());
      await rig.close();
      await emulator.close();
      emulator.assertNoViolations();
    },
  };
};
