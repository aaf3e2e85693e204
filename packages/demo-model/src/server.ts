import { type Clock, createSystemClock } from "@steward/platform/clock";
import { createIds, type Ids } from "@steward/platform/ids";
import { createSilentLogger, type Logger } from "@steward/platform/logger";
import { demoReply, type ReplyScript } from "./demo-reply.ts";
import {
  type Exchange,
  readConversation,
  recogniseSideCall,
  startMessagesServer,
} from "./messages-api/index.ts";
import { splitWords } from "./words.ts";

export type { DemoQuestion, DemoReply, ReplyScript } from "./demo-reply.ts";

export interface DemoModelOptions {
  /** A loopback address; any other is refused. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
  /** Default: 32 random bytes. Requests without it get a 401. */
  readonly apiKey?: string;
  readonly log?: Logger;
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** What to answer; default: the demo's own replies. */
  readonly reply?: ReplyScript;
}

export interface DemoModel {
  /** For `ANTHROPIC_BASE_URL`. */
  readonly url: string;
  readonly port: number;
  /** For `ANTHROPIC_API_KEY`. */
  readonly apiKey: string;
  close(): Promise<void>;
}

/**
 * A Messages API on loopback that answers without a model, for the CLI to talk to as long as nobody has logged in.
 * It reports no tokens, so nothing appears to have cost anything.
 */
export async function startDemoModel(options: DemoModelOptions): Promise<DemoModel> {
  const clock = options.clock ?? createSystemClock();
  const ids = options.ids ?? createIds();
  const apiKey = options.apiKey ?? ids.token(32);
  const reply = options.reply ?? demoReply;
  const server = await startMessagesServer({
    host: options.host ?? "127.0.0.1",
    port: options.port,
    apiKey,
    ids,
    log: options.log ?? createSilentLogger(),
    answer: (exchange) => answer({ clock, ids, reply }, exchange),
  });
  return { ...server, apiKey };
}

async function answer(
  deps: { clock: Clock; ids: Ids; reply: ReplyScript },
  exchange: Exchange,
): Promise<void> {
  const { request, signal } = exchange;
  const writer = await exchange.begin({ inputTokens: 0 });
  const side = recogniseSideCall(request);
  if (side !== null) {
    await writer.text(side.answer);
    return writer.finish({ outputTokens: 0 });
  }
  const { text, wordDelayMs, tool } = deps.reply({
    conversation: readConversation(request.messages),
    toolNames: request.toolNames,
  });
  for (const word of splitWords(text)) {
    await writer.text(word);
    if (request.stream) await deps.clock.sleep(wordDelayMs, signal);
  }
  if (tool !== null) {
    await writer.toolUse({ id: `toolu_${deps.ids.uuid4().replaceAll("-", "")}`, ...tool });
  }
  await writer.finish({ outputTokens: 0 });
}
