import { type CliDriver, CliError, type CliHost, type CliSession } from "@steward/claude/cli-driver";
import type { Ids } from "@steward/platform/ids";
import type { ChatRecord, ChatRepository, ConversationRecord } from "../chats/chat-repository.ts";
import type { ConversationStarter } from "../chats/conversation-starter.ts";
import type { WorkingDirectories } from "../projects/working-directories.ts";
import type { Engine } from "./engine.ts";
import type { ChooseLaunch, LaunchChoices } from "./launch-choices.ts";

export interface SessionOpenerDeps {
  driver: CliDriver;
  engine: Engine;
  starter: ConversationStarter;
  directories: WorkingDirectories;
  chats: ChatRepository;
  ids: Ids;
  instanceId: string;
  chooseLaunch: ChooseLaunch;
  /** Told what models each CLI that was started offers. */
  offered: (models: CliSession["info"]["models"]) => void;
}

export interface OpenedSession {
  cli: CliSession;
  conversation: ConversationRecord;
  /** What the process was started with. */
  choices: LaunchChoices;
  start: "resumed" | "fresh";
  /** The CLI no longer had what the conversation said before. */
  contextLost: boolean;
}

export interface SessionOpener {
  /** Starts a process for the chat's conversation, made when there is none. Throws CliError or DomainError. */
  open(chat: ChatRecord, conversation: ConversationRecord | null, host: CliHost): Promise<OpenedSession>;
}

export const createSessionOpener = (deps: SessionOpenerDeps): SessionOpener => {
  const { chats, ids } = deps;

  const launch = async (
    chat: ChatRecord,
    conversation: ConversationRecord,
    host: CliHost,
  ): Promise<{ cli: CliSession; choices: LaunchChoices }> => {
    const plan = await deps.engine.launch();
    const choices = deps.chooseLaunch(chat, conversation);
    const cli = await deps.driver.open(
      {
        ...plan,
        ...choices,
        cwd: conversation.cwd,
        cliSessionId: conversation.cliSessionId,
        resume: conversation.hasTranscript,
        env: { ...plan.env, STEWARD_INSTANCE: deps.instanceId },
        marker: { name: "STEWARD_SESSION", value: conversation.cliSessionId },
      },
      host,
    );
    deps.offered(cli.info.models);
    return { cli, choices };
  };

  /** Our note about the transcript can be wrong after a crash, in both directions; the CLI knows. */
  const corrected = (conversation: ConversationRecord, error: unknown): ConversationRecord | null => {
    if (!(error instanceof CliError)) return null;
    if (error.code === "cli_session_in_use" && !conversation.hasTranscript) {
      chats.markTranscript(conversation.id, true);
      return { ...conversation, hasTranscript: true };
    }
    if (error.code === "cli_session_missing" && conversation.hasTranscript) {
      const cliSessionId = ids.uuid4();
      chats.renewCliSession(conversation.id, cliSessionId);
      return { ...conversation, cliSessionId, hasTranscript: false };
    }
    return null;
  };

  const opened = (
    process: { cli: CliSession; choices: LaunchChoices },
    conversation: ConversationRecord,
    contextLost: boolean,
  ): OpenedSession => ({
    ...process,
    conversation,
    start: conversation.hasTranscript ? "resumed" : "fresh",
    contextLost,
  });

  return {
    open: async (chat, known, host) => {
      // Read again: turns that ended since have been counted.
      const conversation =
        (known && chats.conversation(known.id)) ?? (await deps.starter.start(chat.id)).conversation;
      deps.directories.check(chat, conversation);
      try {
        return opened(await launch(chat, conversation, host), conversation, false);
      } catch (error) {
        const second = corrected(conversation, error);
        if (!second) throw error;
        const contextLost = !second.hasTranscript && conversation.turnCount > 0;
        return opened(await launch(chat, second, host), second, contextLost);
      }
    },
  };
};
