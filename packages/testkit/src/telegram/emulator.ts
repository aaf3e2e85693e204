import { createSystemClock } from "@steward/platform/clock";
import { Group } from "./control/group.ts";
import { Person } from "./control/person.ts";
import type { ControlDeps } from "./control/seat.ts";
import { dispatch, type IncomingCall, type Reply } from "./dispatch.ts";
import { Faults } from "./faults/faults.ts";
import { FloodWaits, Limits } from "./faults/limits.ts";
import { download } from "./http/download.ts";
import { createInProcessFetch } from "./http/in-process-fetch.ts";
import { EmulatorServer } from "./http/server.ts";
import { Changes } from "./ledger/changes.ts";
import { Ledger, type Violation } from "./ledger/ledger.ts";
import type { BotRef, ChatRef, EmulatorOptions, TelegramEmulator } from "./telegram-emulator.ts";
import { renderScreen } from "./transcript/render-screen.ts";
import { renderTranscript } from "./transcript/render-transcript.ts";
import { type TranscriptOptions, transcriptOf } from "./transcript/transcript.ts";
import type { Bot } from "./world/bot.ts";
import { CallbackQueries } from "./world/callback-queries.ts";
import type { Chat } from "./world/chat.ts";
import { World } from "./world/world.ts";

export type { Group } from "./control/group.ts";
export type { Person } from "./control/person.ts";
export type { AlbumItem, Seat, SendFileOptions, SendOptions } from "./control/seat.ts";
export type { FaultHandle, FaultKind, FaultSpec, RandomFaultSpec } from "./faults/faults.ts";
export type { LimitOptions } from "./faults/limits.ts";
export type { WaitOptions } from "./ledger/changes.ts";
export type { ApiCall, CallFilter, CallOutcome, Violation } from "./ledger/ledger.ts";
export type {
  BotRef,
  ChatRef,
  EmulatorOptions,
  GroupOptions,
  TelegramEmulator,
} from "./telegram-emulator.ts";
export type {
  Transcript,
  TranscriptDraft,
  TranscriptMessage,
  TranscriptOptions,
} from "./transcript/transcript.ts";
export type { PendingUpdate } from "./updates/update-queue.ts";
export type { Bot } from "./world/bot.ts";
export type { CallbackQuery } from "./world/callback-queries.ts";
export type { FileInput, StoredFile } from "./world/files.ts";
export type { Message } from "./world/message.ts";
export type { AddBotOptions } from "./world/world.ts";

/**
 * Starts a strict Bot API server on 127.0.0.1, with people in front of it:
 *
 * ```ts
 * const telegram = await startTelegramEmulator();
 * const bot = telegram.addBot({ username: "steward_bot" });      // hand bot.token and telegram.url to the program
 * const alice = telegram.user({ first_name: "Alice" });
 * alice.in(bot).sendText("hello");
 * const answer = await telegram.waitForMessage(bot, alice, ({ text }) => text.startsWith("Hello"));
 * alice.in(bot).pressButton(answer, "Stop");
 * telegram.faults.next({ kind: "429", method: "editMessageText", retryAfter: 3 });
 * console.log(telegram.renderTranscript(bot, alice));
 * telegram.assertNoViolations();
 * await telegram.close();
 * ```
 *
 * Error texts are those of the Bot API server and the library below it, as far as their sources show; where Telegram's
 * own servers decide (BUTTON_DATA_INVALID, REACTION_INVALID, TOPIC_CLOSED …) they are what bots report.
 * @throws when the port is taken.
 */
export async function startTelegramEmulator(options: EmulatorOptions = {}): Promise<TelegramEmulator> {
  const clock = options.clock ?? createSystemClock();
  const changes = new Changes();
  const ledger = new Ledger();
  const world = new World(clock, () => changes.notify(), options.localFiles);
  const callbackQueries = new CallbackQueries(clock);
  const limits = new Limits(clock);
  const floodWaits = new FloodWaits(clock);
  const isStrict = options.strict ?? true;
  const call = (incoming: IncomingCall): Promise<Reply> =>
    dispatch({ world, ledger, faults, limits, floodWaits, callbackQueries, changes, isStrict }, incoming);
  const server: EmulatorServer = new EmulatorServer({
    port: options.port ?? 0,
    clock,
    call,
    download: (token, path) => download({ world, ledger, faults, changes }, token, path),
  });
  const faults = new Faults(server);
  const control: ControlDeps = { world, callbackQueries, onChange: () => changes.notify() };
  await server.up();

  const botOf = ({ id }: BotRef): Bot => {
    const bot = world.bots.get(id);
    if (bot === undefined) throw new Error(`there is no bot ${id}`);
    return bot;
  };
  const chatOf = (bot: Bot, ref: ChatRef): Chat => {
    if (ref instanceof Group) return ref.chat;
    const chat = world.chatById(bot, typeof ref === "number" ? ref : ref.id);
    if (chat === undefined) throw new Error(`there is no chat ${String(ref)}`);
    return chat;
  };
  const chatsWithContent = (bot: Bot) => world.chatsOf(bot).filter(({ messages }) => messages.size > 0);
  const transcriptFor = (bot: Bot, chat: Chat, filter?: TranscriptOptions) =>
    transcriptOf(chat, bot.id, callbackQueries.all, clock.now(), filter);

  const emulator: TelegramEmulator = {
    get port() {
      return server.port;
    },
    get url() {
      return `http://127.0.0.1:${server.port}`;
    },
    faults,
    limits,
    fetch: createInProcessFetch({ call, isUp: () => server.isUp }),
    violations: ledger.violations,

    addBot: (botOptions) => world.addBot(botOptions),
    user: (userOptions) => new Person(control, world.addUser(userOptions)),
    group(groupOptions = {}) {
      const owner = groupOptions.owner ?? new Person(control, world.addUser({ first_name: "Owner" }));
      const chat = world.addGroup({
        type: groupOptions.type ?? "supergroup",
        title: groupOptions.title ?? "Group",
        username: groupOptions.username,
        isForum: groupOptions.forum ?? false,
        ...(groupOptions.id === undefined ? {} : { id: groupOptions.id }),
      });
      for (const { user } of groupOptions.people ?? []) {
        chat.members.set(user.id, { status: "member", who: { kind: "user", user } });
      }
      return new Group(control, chat, owner.user);
    },
    revokeToken(bot) {
      botOf(bot).revoked = true;
    },

    pushRaw: (bot, update) => botOf(bot).updates.pushRaw(update),
    setNextUpdateId: (bot, id) => botOf(bot).updates.setNextId(id),
    pendingUpdates: (bot) => botOf(bot).updates.pending(),
    isPolling: (bot) => botOf(bot).longPoll.isWaiting,

    transcript: (bot, chat, filter) => transcriptFor(botOf(bot), chatOf(botOf(bot), chat), filter),
    renderScreen: (bot, chat) => renderScreen(transcriptFor(botOf(bot), chatOf(botOf(bot), chat))),
    renderTranscript(bot, chat, renderOptions) {
      const bots = bot === undefined ? [...world.bots.values()] : [botOf(bot)];
      const rendered = bots.flatMap((one) =>
        (chat === undefined ? chatsWithContent(one) : [chatOf(one, chat)]).map((each) =>
          renderTranscript(transcriptFor(one, each), renderOptions),
        ),
      );
      return [...rendered, ...renderViolations(ledger.violations)].join("\n\n");
    },
    calls: (bot, filter) => ledger.calls(bot === undefined ? undefined : botOf(bot), filter),
    assertNoViolations() {
      if (ledger.violations.length > 0) throw new Error(renderViolations(ledger.violations).join("\n"));
    },

    waitFor: (predicate, waitOptions) =>
      changes.waitFor(predicate, () => emulator.renderTranscript(), waitOptions),
    waitForMessage: (bot, chat, matches, waitOptions) =>
      emulator.waitFor(() => emulator.transcript(bot, chat).visible.find(matches), {
        describe: "a message",
        ...waitOptions,
      }),
    async waitForIdlePoll(bot, waitOptions) {
      const isIdle = () => emulator.isPolling(bot) && emulator.pendingUpdates(bot).length === 0;
      await emulator.waitFor(isIdle, {
        describe: `@${botOf(bot).username} to poll with nothing left`,
        ...waitOptions,
      });
    },

    async close() {
      for (const bot of world.bots.values()) bot.webhook.stop();
      changes.close();
      await server.down();
    },
  };
  return emulator;
}

function renderViolations(violations: readonly Violation[]): string[] {
  if (violations.length === 0) return [];
  const lines = violations.map(({ call, message }) => {
    const params = JSON.stringify(call.params);
    return `  ${call.method} (call ${call.number}): ${message}\n    ${params.length > 300 ? `${params.slice(0, 300)}…` : params}`;
  });
  return [`${violations.length} violation(s) of the Bot API:\n${lines.join("\n")}`];
}
