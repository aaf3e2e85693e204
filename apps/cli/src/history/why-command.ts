import type { Client } from "@steward/client/client";
import { traceTurn } from "@steward/contract/turn-history";
import { readChatChoice } from "../chat/chat-choice.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface WhyOptions {
  chat?: string;
  json?: boolean;
}

/** `steward why [TURN]`: what a turn was reminded of, each with its source; without one, a chat's last turn. */
export async function runWhy(
  turnId: string | undefined,
  { chat, json = false }: WhyOptions,
  { client, terminal }: { client: Client; terminal: Terminal },
): Promise<ExitCode> {
  const { say } = terminal;
  const query = turnId === undefined ? readChatChoice(chat, terminal) : { turnId };
  const { turn, recalls, files } = await client.call(traceTurn, { query });
  if (json) {
    terminal.print(JSON.stringify({ turn, recalls, files }));
    return EXIT.ok;
  }
  terminal.print(
    harmlessLine(`${turn.botId}/${turn.chatId} · ${turn.model ?? "?"} · ${turn.prompt.split("\n")[0] ?? ""}`),
  );
  for (const name of files) terminal.print(harmlessLine(`📎 ${name}`));
  if (recalls.length === 0) {
    terminal.print(say("bot.why.no_memories"));
    return EXIT.ok;
  }
  printTable(
    terminal,
    [
      say("cli.why.id"),
      say("cli.why.key"),
      say("cli.why.how"),
      say("cli.why.who"),
      say("cli.why.since"),
      say("cli.why.content"),
    ],
    recalls.map(({ memoryId, key, content, mode, now, origin, userName, at }) => [
      memoryId === null ? "" : String(memoryId),
      key,
      say(`bot.why.mode_${mode}`),
      origin === "agent" ? say("bot.why.by_agent") : (userName ?? ""),
      at === null ? "" : new Date(at).toISOString().slice(0, 10),
      now === "forgotten" ? say("bot.why.now_forgotten") : content.replaceAll(/\s+/g, " "),
    ]),
  );
  return EXIT.ok;
}
