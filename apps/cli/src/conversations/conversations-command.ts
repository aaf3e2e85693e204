import type { Client } from "@steward/client/client";
import {
  type Conversation,
  listConversations,
  removeWorktree,
  renameConversation,
  selectConversation,
} from "@steward/contract/conversations";
import type { ChatAddress } from "@steward/contract/ids";
import { readChatChoice } from "../chat/chat-choice.ts";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatMoment } from "../terminal/units.ts";

interface ConversationsDeps {
  readonly client: Client;
  readonly terminal: Terminal;
}

export interface ConversationsOptions {
  readonly chat?: string;
}

export type ConversationsVerbs = ReturnType<typeof createConversationsVerbs>;

/** The end of an id is its random part, and short enough to type. */
const SHORT_ID_LENGTH = 8;
const LONGEST_LIST = 200;

/** The verbs of `steward conversations`; each says what it did and resolves with the exit code. */
export const createConversationsVerbs = ({ client, terminal }: ConversationsDeps) => {
  const { say, print } = terminal;
  const titleOf = ({ title }: Conversation): string =>
    title === null ? say("bot.sessions.untitled") : harmlessLine(title);

  /** The chat's conversation whose id ends so. */
  const find = async (address: ChatAddress, typed: string): Promise<Conversation> => {
    const end = typed.toLowerCase();
    const all = await client.call(listConversations, { query: { ...address, limit: LONGEST_LIST } });
    const [found, another] = all.filter(({ id }) => id.endsWith(end));
    if (another !== undefined) {
      throw new CommandFailure(EXIT.failed, say("cli.conversations.ambiguous", { id: harmlessLine(typed) }));
    }
    if (found === undefined || end === "") {
      throw new CommandFailure(EXIT.failed, say("error.conversation_not_found"));
    }
    return found;
  };

  return {
    list: async ({ chat }: ConversationsOptions): Promise<ExitCode> => {
      const conversations = await client.call(listConversations, { query: readChatChoice(chat, terminal) });
      if (conversations.length === 0) {
        print(say("cli.conversations.none"));
        return EXIT.ok;
      }
      const heading = [
        "",
        say("cli.conversations.id"),
        say("cli.conversations.title"),
        say("cli.conversations.turns"),
        say("cli.conversations.last"),
        say("cli.conversations.where"),
      ];
      const rows = conversations.map((each) => [
        each.current ? "●" : "",
        each.id.slice(-SHORT_ID_LENGTH),
        titleOf(each),
        String(each.turns),
        formatMoment(each.lastActiveAt),
        each.cwd,
      ]);
      printTable(terminal, heading, rows);
      return EXIT.ok;
    },

    resume: async (typed: string, { chat }: ConversationsOptions): Promise<ExitCode> => {
      const address = readChatChoice(chat, terminal);
      const { id } = await find(address, typed);
      const resumed = await client.call(selectConversation, { body: { ...address, conversationId: id } });
      print(say("cli.conversations.resumed", { title: titleOf(resumed), path: resumed.cwd }));
      return EXIT.ok;
    },

    rename: async (typed: string, title: string, { chat }: ConversationsOptions): Promise<ExitCode> => {
      const address = readChatChoice(chat, terminal);
      const { id } = await find(address, typed);
      const renamed = await client.call(renameConversation, {
        params: { conversationId: id },
        body: { ...address, title },
      });
      print(say("cli.conversations.renamed", { title: titleOf(renamed) }));
      return EXIT.ok;
    },

    removeWorktree: async (typed: string, { chat }: ConversationsOptions): Promise<ExitCode> => {
      const address = readChatChoice(chat, terminal);
      const { id } = await find(address, typed);
      const { branch } = await client.call(removeWorktree, {
        params: { conversationId: id },
        query: address,
      });
      print(say("cli.conversations.worktree_removed", { branch }));
      return EXIT.ok;
    },
  };
};
