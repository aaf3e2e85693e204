import type { ChatAddress } from "@steward/contract/ids";
import type { Clock, Timer } from "@steward/platform/clock";
import type { TurnRecord } from "../turns/turn-record.ts";

/**
 * Keeps what is written after a command behind it: a prompt after `/new` belongs to the new conversation. The prompt is
 * committed at once, like every other; only its way into the chat's queue waits until the front end has settled the
 * chat's commands. Nobody else waits for it.
 */
export interface CommandOrder {
  /** A command of this chat is the front end's to handle now. */
  commandCame(address: ChatAddress, inboxId: number): void;
  /** It was settled, however. */
  settled(inboxId: number): void;
  /** Runs `enqueue` now, or when the chat's commands that came before it are settled. */
  after(record: TurnRecord, enqueue: () => void): void;
  /** This turn waits for a command. */
  keepsBack(turnId: string): boolean;
}

/** A front end that died over a command must not hold a chat for ever; one that is restarted settles it sooner. */
const LONGEST_WAIT_MS = 25_000;

export const createCommandOrder = (deps: { clock: Pick<Clock, "setTimer"> }): CommandOrder => {
  interface Chat {
    commands: Map<number, Timer>;
    /** In order: who came later waits for all that those before still wait for. */
    waiting: { turnId: string; behind: Set<number>; enqueue: () => void }[];
  }
  const chats = new Map<string, Chat>();
  const keyOf = ({ botId, chatId, threadId }: ChatAddress): string => `${botId} ${chatId} ${threadId}`;

  const over = (key: string, chat: Chat, inboxId: number): void => {
    chat.commands.get(inboxId)?.cancel();
    if (!chat.commands.delete(inboxId)) return;
    for (const { behind } of chat.waiting) behind.delete(inboxId);
    const ready = chat.waiting.filter(({ behind }) => behind.size === 0);
    chat.waiting = chat.waiting.filter(({ behind }) => behind.size > 0);
    if (chat.commands.size === 0) chats.delete(key);
    for (const { enqueue } of ready) enqueue();
  };

  return {
    commandCame: (address, inboxId) => {
      const key = keyOf(address);
      const chat: Chat = chats.get(key) ?? { commands: new Map(), waiting: [] };
      chats.set(key, chat);
      chat.commands.get(inboxId)?.cancel();
      const timer = deps.clock.setTimer(LONGEST_WAIT_MS, () => over(key, chat, inboxId), { unref: true });
      chat.commands.set(inboxId, timer);
    },
    settled: (inboxId) => {
      for (const [key, chat] of chats) if (chat.commands.has(inboxId)) return over(key, chat, inboxId);
    },
    after: (record, enqueue) => {
      const chat = chats.get(keyOf(record));
      if (chat === undefined) enqueue();
      else chat.waiting.push({ turnId: record.id, behind: new Set(chat.commands.keys()), enqueue });
    },
    keepsBack: (turnId) =>
      [...chats.values()].some(({ waiting }) => waiting.some((each) => each.turnId === turnId)),
  };
};
