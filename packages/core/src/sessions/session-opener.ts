import { type CliDriver, CliError, type CliHost, type CliSession } from "@steward/claude/cli-driver";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { ConversationMessages } from "../chat/conversation-messages.ts";
import type { ChatRecord, ChatRepository, ConversationRecord } from "../chats/chat-repository.ts";
import type { ConversationStarter } from "../chats/conversation-starter.ts";
import type { WorkingDirectories } from "../projects/working-directories.ts";
import type { AgentAccess } from "../recall/agent-access.ts";
import { seedOf } from "./conversation-seed.ts";
import type { Engine } from "./engine.ts";
import type { ChooseLaunch, LaunchChoices } from "./launch-choices.ts";
import { isGivenUp } from "./quarantine.ts";
import { composeSystemPrompt } from "./system-prompt.ts";

export interface SessionOpenerDeps {
  driver: CliDriver;
  engine: Engine;
  starter: ConversationStarter;
  directories: WorkingDirectories;
  /** Brings back what of a chat was packed away. */
  unpack: (chatRef: number) => Promise<void>;
  chats: ChatRepository;
  messages: ConversationMessages;
  clock: Clock;
  ids: Ids;
  instanceId: string;
  chooseLaunch: ChooseLaunch;
  agentAccess: Pick<AgentAccess, "issue">;
  /** Where the agent's own tools are, once they can be reached; null = it has none. */
  toolsUrl: (chat: ChatRecord) => Promise<string | null>;
  /** Who it is in this chat; null = nobody in particular. */
  persona: (chat: ChatRecord) => string | null;
  /** What the CLI is told about files; null = nothing. */
  describeFiles: (chat: ChatRecord, conversation: ConversationRecord) => string | null;
  /** Where files come and go when that is not where the conversation works. */
  fileFolders: (chat: ChatRecord, conversation: ConversationRecord) => readonly string[];
  /** Told what models each CLI that was started offers; no start may hang on it. */
  offered: (models: CliSession["info"]["models"]) => void;
}

export interface OpenedSession {
  cli: CliSession;
  conversation: ConversationRecord;
  /** What the process was started with. */
  choices: LaunchChoices;
  start: "resumed" | "fresh";
  /**
   * A new CLI session has taken over from one that was lost or given up: knowing what our own history has (`seeded`), or
   * nothing (`blank`).
   */
  takenOver: "seeded" | "blank" | null;
}

export interface SessionOpener {
  /** Brings back what of the chat was packed away: it may take minutes, and needs no place among the processes. */
  prepare(chat: ChatRecord): Promise<void>;
  /**
   * Starts a process for the chat's conversation, made when there is none.
   *
   * @param signal calls it off: no process is started any more, and one that is being started is ended
   * @throws CliError or DomainError
   */
  open(
    chat: ChatRecord,
    conversation: ConversationRecord | null,
    host: CliHost,
    signal: AbortSignal,
  ): Promise<OpenedSession>;
}

export const createSessionOpener = (deps: SessionOpenerDeps): SessionOpener => {
  const { chats, ids } = deps;

  /** What the CLI session is told of the time before it; null for a conversation's first one. */
  const seedFor = (chat: ChatRecord, conversation: ConversationRecord): string | null => {
    const since = conversation.cliSessionSince;
    return since === null ? null : seedOf(deps.messages.endedBy(chat, conversation, since));
  };

  const launch = async (
    chat: ChatRecord,
    conversation: ConversationRecord,
    host: CliHost,
    signal: AbortSignal,
  ): Promise<{ cli: CliSession; choices: LaunchChoices }> => {
    const plan = await deps.engine.launch();
    const choices = deps.chooseLaunch(chat, conversation);
    const seed = seedFor(chat, conversation);
    const said = composeSystemPrompt([deps.persona(chat), deps.describeFiles(chat, conversation), seed]);
    const toolsUrl = await deps.toolsUrl(chat);
    signal.throwIfAborted();
    const key = toolsUrl === null ? null : deps.agentAccess.issue(chat.id);
    const opening = deps.driver.open(
      {
        ...plan,
        ...choices,
        ...(key && toolsUrl !== null && { toolServer: { name: "steward", url: toolsUrl, token: key.token } }),
        ...(said === null ? {} : { appendSystemPrompt: said }),
        cwd: conversation.cwd,
        additionalDirectories: deps.fileFolders(chat, conversation),
        cliSessionId: conversation.cliSessionId,
        resume: conversation.hasTranscript,
        env: { ...plan.env, STEWARD_INSTANCE: deps.instanceId },
        marker: { name: "STEWARD_SESSION", value: conversation.cliSessionId },
      },
      host,
      signal,
    );
    // The key ends with its process, also with one that never came to stand.
    void opening.then(
      ({ exited }) => exited.then(() => key?.end()),
      () => key?.end(),
    );
    const cli = await opening;
    return await orEnd(cli, () => {
      deps.offered(cli.info.models);
      return { cli, choices };
    });
  };

  const opened = async (
    chat: ChatRecord,
    conversation: ConversationRecord,
    host: CliHost,
    signal: AbortSignal,
  ): Promise<OpenedSession> => ({
    ...(await launch(chat, conversation, host, signal)),
    conversation,
    start: conversation.hasTranscript ? "resumed" : "fresh",
    takenOver: null,
  });

  /** The old CLI session is given up only when the new one stands: what keeps every CLI from starting costs no context. */
  const takeOver = async (
    chat: ChatRecord,
    conversation: ConversationRecord,
    host: CliHost,
    signal: AbortSignal,
  ): Promise<OpenedSession> => {
    const now = deps.clock.now();
    const successor: ConversationRecord = {
      ...conversation,
      cliSessionId: ids.uuid4(),
      cliSessionSince: now,
      hasTranscript: false,
      quarantinedAt: null,
      quarantineReason: null,
    };
    const session = await opened(chat, successor, host, signal);
    return await orEnd(session.cli, () => {
      chats.renewCliSession(conversation.id, successor.cliSessionId, now);
      const seeded = seedFor(chat, successor) !== null;
      return { ...session, takenOver: seeded ? "seeded" : conversation.turnCount > 0 ? "blank" : null };
    });
  };

  /** Our note about the transcript can be wrong after a crash, in both directions; the CLI knows. */
  const openDespite = async (
    error: unknown,
    chat: ChatRecord,
    conversation: ConversationRecord,
    host: CliHost,
    signal: AbortSignal,
  ): Promise<OpenedSession> => {
    if (signal.aborted || !(error instanceof CliError)) throw error;
    if (error.code === "cli_session_in_use" && !conversation.hasTranscript) {
      chats.markTranscript(conversation.id, true);
      return opened(chat, { ...conversation, hasTranscript: true }, host, signal);
    }
    if (!conversation.hasTranscript) throw error;
    if (error.code === "cli_session_missing") return takeOver(chat, conversation, host, signal);
    // It does not even start with this transcript.
    if (error.code === "cli_exited") return takeOver(chat, conversation, host, signal);
    throw error;
  };

  return {
    prepare: (chat) => deps.unpack(chat.id),
    open: async (chat, known, host, signal) => {
      // Read again: turns that ended since have been counted.
      const conversation =
        (known && chats.conversation(known.id)) ?? (await deps.starter.start(chat.id)).conversation;
      deps.directories.check(chat, conversation);
      if (conversation.hasTranscript && isGivenUp(conversation))
        return takeOver(chat, conversation, host, signal);
      try {
        return await opened(chat, conversation, host, signal);
      } catch (error) {
        return await openDespite(error, chat, conversation, host, signal);
      }
    },
  };
};

/** A process that stands is handed over or ended, and gone when this rejects: nobody else knows of it. */
const orEnd = async <T>(cli: CliSession, prepare: () => T): Promise<T> => {
  try {
    return prepare();
  } catch (error) {
    await cli.end("now");
    throw error;
  }
};
