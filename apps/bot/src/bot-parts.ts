import type { Client } from "@steward/client/client";
import type { AccessEntry } from "@steward/contract/access";
import type { OwnCommand } from "@steward/contract/commands";
import type { Delivery } from "@steward/contract/deliveries";
import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { backoff } from "@steward/platform/retry";
import type { BotApi } from "@steward/telegram/api";
import type { FileSource } from "@steward/telegram/files";
import { createLanes } from "@steward/telegram/lanes";
import { renderMarkdown } from "@steward/telegram/render";
import type { UserFromGetMe } from "telegraf/types";
import { type AccessWord, createAccessBook } from "./access/access-book.ts";
import { accessKeyboard } from "./access/access-keyboard.ts";
import { createPairingDesk } from "./access/pairing-desk.ts";
import { AttachmentFetcher } from "./attachments/attachment-fetcher.ts";
import { createPressButton } from "./callbacks/press-button.ts";
import { createCommandDesk } from "./commands/command-desk.ts";
import { commandMenus } from "./commands/command-menus.ts";
import { COMMAND_TABLE } from "./commands/command-table.ts";
import { MenuPublisher } from "./commands/menu-publisher.ts";
import { Deliverer } from "./deliveries/deliverer.ts";
import { albumWith } from "./deliveries/file-album.ts";
import { createLongTurnNote } from "./deliveries/long-turn-note.ts";
import { performDelivery } from "./deliveries/perform-delivery.ts";
import { performFileDeliveries } from "./deliveries/perform-file-deliveries.ts";
import { createPlaces } from "./deliveries/places.ts";
import { createTopicTitles } from "./deliveries/topic-titles.ts";
import { Dispatcher } from "./dispatch/dispatcher.ts";
import { createRouter } from "./dispatch/router.ts";
import { createRoutes } from "./dispatch/routes.ts";
import type { TelegramAccount } from "./env.ts";
import { Intake } from "./intake/intake.ts";
import { OutageNotices } from "./intake/outage-notices.ts";
import { memoryKeyboard } from "./memory/memory-keyboard.ts";
import { deliveryKeyboard, type Keyboard } from "./outbound/keyboard.ts";
import { createMessenger } from "./outbound/messenger.ts";
import { questionKeyboard } from "./questions/question-keyboard.ts";
import { FrontEndLink, type FrontEndListener } from "./steward/front-end-link.ts";
import type { Steward } from "./steward/steward.ts";
import { createReceipts } from "./turns/receipts.ts";
import { StatusBoard } from "./turns/status-board.ts";
import { TypingIndicator } from "./turns/typing-indicator.ts";

export interface BotDeps {
  account: TelegramAccount;
  apiRoot: string;
  api: BotApi;
  /** What people have sent. */
  source: FileSource;
  client: Client;
  clock: Clock;
  log: Logger;
}

export interface BotParts {
  intake: Intake;
  link: FrontEndLink;
  /** Begins nothing new; resolves when what was begun is done. */
  finish(): Promise<void>;
  /** Ends everything at once. */
  close(): void;
}

/** Each holds a whole file in memory, or those of an album, 50 MB at most. */
const MOST_FILES_HELD = 2;
const DELIVERY_BACKOFF = backoff({ baseMs: 1_000, maxMs: 30_000 });

/** The parts of one bot, wired. `signal` ends every wait and call. */
export function createBotParts(
  deps: BotDeps & {
    me: UserFromGetMe;
    steward: Steward;
    /** Of the bot's lease. */
    holder: string;
    /** UTC ms. */
    startedAt: number;
    /** The present is known (again). */
    onPresent(): void;
    signal: AbortSignal;
  },
): BotParts {
  const { account, apiRoot, api, clock, log, me, steward, onPresent, signal } = deps;
  const { botId } = account;
  const lanes = createLanes({ api, clock, log });
  const messenger = createMessenger({
    lanes,
    onMoved: (from, to) =>
      void steward.moveChat(from, to).catch(() => log.debug("stopped while telling of a move")),
    clock,
    log,
  });
  const typing = new TypingIndicator({ lanes, clock, log });
  const board = new StatusBoard({
    lanes,
    messenger,
    steward,
    onActivity: (address, isActive) => typing.set(address, isActive),
    mayPlace: (address) => !deliverer.hasUnplaced(address),
    clock,
    log,
  });
  const access = createAccessBook(deps.startedAt);
  const pairing = createPairingDesk({ botId, steward, messenger, clock, log });

  const receipts = createReceipts({ lanes, log });
  const noteLongTurn = createLongTurnNote({
    messenger,
    startedAt: (turnId) => board.startedAt(turnId),
    log,
  });
  const titleTopic = createTopicTitles({ steward, lanes, log });
  const keyboardOf = async (delivery: Delivery): Promise<Keyboard | undefined> =>
    delivery.approvalId === null
      ? (accessKeyboard(delivery) ?? memoryKeyboard(delivery) ?? deliveryKeyboard(delivery))
      : questionKeyboard(await steward.approval(delivery.approvalId), delivery.language);
  const retryAt = (attempt: number): number => clock.now() + DELIVERY_BACKOFF(attempt);
  const filePlaces = createPlaces(MOST_FILES_HELD);
  const deliverer = new Deliverer({
    togetherWith: (delivery, next) => albumWith(delivery, next, clock.now()),
    perform: async (deliveries, shownUpTo) => {
      const [delivery] = deliveries;
      if (delivery.kind === "file") {
        const place = await filePlaces.take(signal);
        const way = { messenger, steward, retryAt, log };
        return performFileDeliveries(deliveries, way, signal).finally(place);
      }
      const outcome = await performDelivery(
        delivery,
        {
          messenger,
          steward,
          keyboardOf,
          releaseStatus: (turnId) => board.release(turnId, delivery.chatId),
          shownUpTo,
          retryAt,
          log,
        },
        signal,
      );
      return [outcome];
    },
    steward,
    onShown: (delivery, shownUpTo) => {
      board.keepBelow(delivery, shownUpTo);
      const { kind, actions, turnMessageIds } = delivery;
      // Of a turn: its answer, why there is none, or that it was stopped.
      if (kind === "file" || kind === "approval") return;
      for (const messageId of turnMessageIds)
        receipts.answered(delivery, messageId, kind === "failure" && actions.length > 0);
    },
    onDelivered: (delivery) => {
      noteLongTurn(delivery);
      titleTopic(delivery);
    },
    clock,
    log,
    signal,
  });

  const desk = createCommandDesk({
    rows: COMMAND_TABLE,
    steward,
    messenger,
    clock,
    botUsername: me.username,
    roleOf: (userId) => access.roleOf(userId),
    isBusy: (address) => board.isBusy(address),
  });
  const routes = createRoutes({
    botId,
    steward,
    commands: desk,
    pressButton: createPressButton({
      steward,
      messenger,
      markStopping: (turnId) => board.markStopping(turnId),
      runCommand: desk.handle,
    }),
    messenger,
    clock,
  });
  const router = createRouter({ token: account.token, apiRoot, botInfo: me, routes, log });
  const dispatcher = new Dispatcher({ botId, router, steward, messenger, log, signal });
  const outage = new OutageNotices({ botId, messenger, clock, log });
  const intake = new Intake({
    steward,
    access,
    botUsername: me.username,
    isBusy: (chat) => board.isBusy({ botId, ...chat }),
    onPending: (row) => {
      // A private chat has its person's number.
      if (row.update.chat !== null) meet(row.update.chat.id);
      dispatcher.dispatch(row);
    },
    onTurn: (chat, messageId) => {
      receipts.received({ botId, ...chat }, messageId);
      // To work out menus takes longer than to send a reaction, and only that is waited for.
      setImmediate(() => meet(chat.chatId));
    },
    onEdited: (chat, messageId) => receipts.edited({ botId, ...chat }, messageId),
    onKnock: (sender, invitation) => void pairing.knock(sender, invitation),
    register: async () => void (await steward.register(me.username, me.can_read_all_group_messages)),
    outage,
    onBack: () => link.reconnect(),
    clock,
    log,
  });

  const menus = new MenuPublisher({ api, clock, log, signal });
  let people: readonly AccessEntry[] = [];
  let ownCommands: readonly OwnCommand[] = [];
  /** Telegram takes a menu of a person's own only for a chat that it knows: they have written there. */
  const met = new Set<string>();
  const refreshMenus = (): void => {
    const known = people.filter(({ userId }) => met.has(userId));
    menus.want(commandMenus(COMMAND_TABLE, known, ownCommands));
  };
  const meet = (chatId: string): void => {
    if (met.has(chatId) || !people.some(({ userId }) => userId === chatId)) return;
    met.add(chatId);
    refreshMenus();
  };
  const welcome = (word: AccessWord): void => {
    people = word.entries;
    refreshMenus();
    for (const { userId } of access.update(word)) {
      const language = pairing.languageOf(userId);
      const text = `${translate(language, "bot.paired")}\n\n${translate(language, "bot.welcome")}`;
      messenger
        .say({ botId, chatId: userId, threadId: "" }, renderMarkdown(text))
        .catch((error: unknown) => log.warn({ err: error, userId }, "could not welcome a new person"));
    }
  };

  const attachments = new AttachmentFetcher({ source: deps.source, steward, clock, log, signal });
  const listener: FrontEndListener = {
    present(present) {
      ownCommands = present.commands;
      welcome({ entries: present.access, ...present.groups });
      board.reset(present.turns);
      deliverer.reset(present.deliveries);
      for (const row of present.updates) dispatcher.dispatch(row);
      attachments.reset(present.attachments);
      onPresent();
    },
    event(event) {
      if (event.type === "access") welcome(event);
      else if (event.type === "commands") {
        ownCommands = event.own;
        refreshMenus();
      } else if (event.type === "turn_opened") board.open(event.turn);
      else if (event.type === "turn_event") board.apply(event.event);
      else if (event.type === "delivery") deliverer.add(event.delivery);
      else if (event.type === "attachment_wanted") attachments.add(event.attachment);
      else dispatcher.dispatch(event);
    },
  };
  const link = new FrontEndLink({ client: deps.client, botId, holder: deps.holder, listener, clock, log });

  return {
    intake,
    link,
    async finish() {
      outage.over();
      typing.stop();
      await Promise.all([deliverer.stop(), dispatcher.idle(), board.stop()]);
    },
    close: () => lanes.close(),
  };
}
