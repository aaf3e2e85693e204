import { userInfo } from "node:os";
import { newConversation } from "@steward/contract/chats";
import { type ChatAddress, chatIdSchema } from "@steward/contract/ids";
import { MAX_PROMPT_BYTES } from "@steward/contract/turns";
import { createSystemClock } from "@steward/platform/clock";
import { createIds } from "@steward/platform/ids";
import { askWhileWaiting, canAsk } from "../approvals/ask-while-waiting.ts";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { type CommandContext, withService } from "../service/service.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { sayGivenUp } from "./chat-commands.ts";
import type { ConversationDeps } from "./conversation.ts";
import { createJsonOutput } from "./json-output.ts";
import { readPrompt } from "./read-prompt.ts";
import { submitPrompt } from "./submit.ts";
import { TurnRun } from "./turn-run.ts";
import { createTurnView } from "./turn-view.ts";
import { uploadFiles } from "./upload.ts";

/** The bot that everything typed at a terminal of this machine belongs to. */
export const CLI_BOT_ID = "cli";

export interface ChatOptions {
  readonly chat: string;
  readonly new?: boolean;
  readonly json?: boolean;
  readonly file?: readonly string[];
}

/** `steward chat`: one prompt and its answer, or a conversation at the terminal when there is no prompt. */
export async function runChat(
  words: readonly string[],
  options: ChatOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const chat = chatAddress(options.chat, terminal);
  const files = options.file ?? [];
  const text = (await readPrompt(words, terminal.stdin)) ?? (files.length > 0 ? "" : null);
  if (text !== null) checkPrompt(text, files, terminal);
  return await withService(context, async ({ client, settings }) => {
    const deps = {
      client,
      terminal,
      chat,
      clock: createSystemClock(),
      ids: createIds(),
      userName: userName(),
      apiUrl: settings.apiUrl,
    };
    if (options.new === true) {
      const { archivesGivenUp } = await client.call(newConversation, { body: chat });
      if (archivesGivenUp !== undefined) terminal.note(sayGivenUp(archivesGivenUp, terminal));
    }
    if (text !== null) {
      const fileIds = await uploadFiles(deps, chat, files);
      return await askOnce(deps, { text, fileIds }, options.json === true);
    }
    const { runConversation } = await import("./conversation.ts");
    return await runConversation(deps);
  });
}

async function askOnce(
  deps: ConversationDeps,
  { text, fileIds }: { text: string; fileIds: string[] },
  asJson: boolean,
): Promise<ExitCode> {
  const { client, terminal, chat } = deps;
  const asking = !asJson && canAsk(terminal) ? askWhileWaiting(deps) : null;
  const output = asJson ? createJsonOutput(terminal) : (asking?.output ?? createTurnView(terminal));
  const run = new TurnRun({ client, terminal, chat, output, clock: deps.clock });
  const release = stopOnInterrupt(run);
  try {
    const final = await run.follow(submitPrompt(deps, chat, text, fileIds));
    if (run.stopWanted) return EXIT.interrupted;
    return final?.state === "done" ? EXIT.ok : EXIT.failed;
  } finally {
    asking?.close();
    release();
  }
}

function chatAddress(name: string, terminal: Terminal): ChatAddress {
  const parsed = chatIdSchema.safeParse(name);
  if (!parsed.success)
    throw new CommandFailure(EXIT.nothingDone, terminal.say("cli.chat.bad_name", { name }));
  return { botId: CLI_BOT_ID, chatId: parsed.data, threadId: "" };
}

function checkPrompt(text: string, files: readonly string[], terminal: Terminal): void {
  if (text.trim() === "" && files.length === 0)
    throw new CommandFailure(EXIT.nothingDone, terminal.say("cli.chat.nothing_to_send"));
  if (Buffer.byteLength(text) > MAX_PROMPT_BYTES) {
    throw new CommandFailure(EXIT.nothingDone, terminal.say("cli.chat.too_long"));
  }
}

/** One Ctrl-C can arrive twice: from the terminal, and from the launcher that passes signals on. */
const ONE_INTERRUPT_MS = 250;

/** The first Ctrl-C stops the turn and waits for its end, the second leaves at once. */
function stopOnInterrupt(run: TurnRun): () => void {
  let firstAtMs = Number.NEGATIVE_INFINITY;
  const onInterrupt = (): void => {
    if (!run.stopWanted) {
      firstAtMs = performance.now();
      void run.stop();
    } else if (performance.now() - firstAtMs > ONE_INTERRUPT_MS) {
      process.exit(EXIT.interrupted);
    }
  };
  process.on("SIGINT", onInterrupt);
  return () => void process.off("SIGINT", onInterrupt);
}

/** The account's name; a container's user may have none. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
