import type { Client } from "@steward/client/client";
import { type ChatStatus, getChatStatus, newConversation, releaseQueue } from "@steward/contract/chats";
import type { ChatAddress } from "@steward/contract/ids";
import { describeHold } from "../brakes/describe-hold.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatDuration } from "../terminal/units.ts";

interface CommandDeps {
  readonly client: Client;
  readonly chat: ChatAddress;
  readonly terminal: Terminal;
}

/** The words that command the chat itself, as in Telegram; each resolves with the line to show. */
export const CHAT_COMMANDS: Readonly<Record<string, (deps: CommandDeps) => Promise<string>>> = {
  "/new": async ({ client, chat, terminal }) => {
    const { archivesGivenUp } = await client.call(newConversation, { body: chat });
    const done = terminal.say("cli.chat.new_done");
    return archivesGivenUp === undefined ? done : `${done}\n${sayGivenUp(archivesGivenUp, terminal)}`;
  },
  "/status": async ({ client, chat, terminal }) =>
    describeStatus(await client.call(getChatStatus, { query: chat }), terminal),
  "/run": async ({ client, chat, terminal }) => {
    const { count } = await client.call(releaseQueue, { body: { ...chat, action: "run" } });
    return terminal.say("cli.chat.released", { count });
  },
  "/drop": async ({ client, chat, terminal }) => {
    const { count } = await client.call(releaseQueue, { body: { ...chat, action: "drop" } });
    return terminal.say("cli.chat.dropped", { count });
  },
  "/help": async ({ terminal }) => terminal.say("cli.chat.help"),
};

/** What a new conversation goes on without. */
export const sayGivenUp = (paths: readonly string[], { say }: Pick<Terminal, "say">): string =>
  say("chat.archives_given_up", { paths: paths.map(harmlessLine).join("\n") });

function describeStatus(
  { session, conversation, running, waiting, held, hold }: ChatStatus,
  terminal: Terminal,
): string {
  const { say } = terminal;
  const lines = [
    say("cli.chat.status_session", {
      state: say(`cli.session.${session.state}`),
      model: session.model ?? "–",
    }),
  ];
  if (conversation !== null) {
    lines.push(
      say("cli.chat.status_conversation", {
        title: harmlessLine(conversation.title ?? conversation.id),
        turns: conversation.turns,
        cost: conversation.costUsd.toFixed(2),
        cwd: conversation.cwd,
      }),
    );
  }
  if (running !== null) {
    lines.push(
      say("cli.chat.status_running", {
        prompt: harmlessLine(running.prompt),
        for: running.startedAt === null ? "–" : formatDuration(Math.max(0, Date.now() - running.startedAt)),
        tools: running.tools,
      }),
    );
  }
  if (hold !== undefined) lines.push(`⏸ ${describeHold(hold, terminal)}`);
  if (waiting > 0)
    lines.push(say(held ? "cli.chat.status_held" : "cli.chat.status_waiting", { count: waiting }));
  return lines.join("\n");
}
