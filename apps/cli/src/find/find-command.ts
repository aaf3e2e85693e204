import type { Client } from "@steward/client/client";
import { type SearchAnswerBody, searchEverything } from "@steward/contract/search";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { readScope, type ScopeOptions } from "../policies/scope.ts";
import { harmless, harmlessLine } from "../terminal/harmless.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatMoment } from "../terminal/units.ts";

export interface FindOptions extends ScopeOptions {
  readonly limit?: string;
  readonly json?: boolean;
}

const USUAL_LIMIT = 10;
const MOST = 100;

/** `steward find WORDS`: what was said and is remembered, best first, with the words marked. */
export async function runFind(
  words: readonly string[],
  options: FindOptions,
  { client, terminal }: { client: Client; terminal: Terminal },
): Promise<ExitCode> {
  const { say, print } = terminal;
  const { botId, chatId } = readScope(options, terminal);
  const limit = Math.min(MOST, Math.max(1, Number.parseInt(options.limit ?? "", 10) || USUAL_LIMIT));
  const query = {
    ...{ q: words.join(" "), limit },
    ...(botId !== undefined && { botId }),
    ...(chatId !== undefined && { chatId }),
  };
  const answer = await client.call(searchEverything, { query });
  if (options.json === true) {
    print(JSON.stringify(answer));
    return EXIT.ok;
  }
  const { messages, memories, mode, degraded } = answer;
  if (messages.length + memories.length === 0) print(say("cli.find.none"));
  for (const { id, snippet } of memories)
    print(`★ ${say("cli.find.memory", { id })}\n  ${marked(snippet, terminal)}\n`);
  for (const { id, sessionId, role, userName, createdAt, snippet } of messages) {
    const who = role === "assistant" ? "Claude" : harmlessLine(userName ?? "–");
    print(
      `#${id} ${harmlessLine(sessionId)} · ${who} · ${formatMoment(createdAt)}\n  ${marked(snippet, terminal)}\n`,
    );
  }
  print(say(mode === "semantic" ? "bot.search.semantic" : "bot.search.lexical"));
  if (degraded.includes("embedder_unavailable")) print(say("bot.search.unavailable"));
  else if (degraded.includes("embedding_pending")) print(say("bot.search.pending"));
  return EXIT.ok;
}

/** On one line; what was found in bold where the terminal can. */
function marked(
  { text, marks }: SearchAnswerBody["messages"][number]["snippet"],
  { style }: Terminal,
): string {
  // Character by character: the marks count them.
  const line = harmless(text.replaceAll(/\s/g, " "));
  let shown = "";
  let done = 0;
  for (const [from, to] of marks) {
    shown += line.slice(done, from) + style("stdout", "bold", line.slice(from, to));
    done = to;
  }
  return shown + line.slice(done);
}
