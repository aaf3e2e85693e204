import type { Clock } from "@steward/platform/clock";
import { LongPoll } from "../updates/long-poll.ts";
import { UpdateQueue } from "../updates/update-queue.ts";
import { Webhook } from "../updates/webhook.ts";
import type { Bot, BotSettings } from "./bot.ts";
import { botsOf, type Chat, type GroupChat, type PrivateChat } from "./chat.ts";
import { FileStore } from "./files.ts";
import type { User } from "./user.ts";

export interface AddBotOptions extends Partial<BotSettings> {
  id?: number;
  /** `<id>:<35 characters>`; made up when absent. */
  token?: string;
  username?: string;
  firstName?: string;
  /** The id of its first update; Telegram's are large and start anywhere. */
  firstUpdateId?: number;
}

/** Ids far apart, so that a mix-up between kinds of ids shows. */
const FIRST_BOT_ID = 7_000_000_001;
const FIRST_USER_ID = 5_100_000_001;
const FIRST_GROUP_ID = -4_000_000_001;
const FIRST_SUPERGROUP_ID = -1_002_000_000_001;
const FIRST_UPDATE_ID = 480_000_001;

/** Everything that exists: bots, people, chats, files. */
export class World {
  readonly clock: Clock;
  /** Where a local server keeps its files; undefined: it hands them out over HTTP. */
  readonly localFiles: string | undefined;
  readonly files = new FileStore();
  readonly bots = new Map<number, Bot>();
  readonly users = new Map<number, User>();
  /** Group chats by id. */
  readonly groups = new Map<number, GroupChat>();
  /** Private chats by `botId:userId`: the same person has one with each bot, under the same chat id. */
  readonly #privateChats = new Map<string, PrivateChat>();

  readonly #onChange: () => void;

  /** @param onChange called whenever an update is pushed. */
  constructor(clock: Clock, onChange: () => void, localFiles?: string) {
    this.clock = clock;
    this.localFiles = localFiles;
    this.#onChange = onChange;
  }

  addBot(options: AddBotOptions = {}): Bot {
    const id = options.id ?? idOfToken(options.token) ?? FIRST_BOT_ID + this.bots.size;
    if (this.bots.has(id)) throw new Error(`a bot with id ${id} exists already`);
    const updates = new UpdateQueue(
      this.clock,
      options.firstUpdateId ?? FIRST_UPDATE_ID + this.bots.size * 1_000_000,
    );
    const bot: Bot = {
      id,
      token: options.token ?? `${id}:${`AAEmulatorTokenOfBot${id}`.padEnd(35, "x").slice(0, 35)}`,
      username: options.username ?? `emulated_${this.bots.size + 1}_bot`,
      firstName: options.firstName ?? options.username ?? `Bot ${this.bots.size + 1}`,
      settings: {
        canReadAllGroupMessages: options.canReadAllGroupMessages ?? false,
        hasTopicsEnabled: options.hasTopicsEnabled ?? false,
        allowsUsersToCreateTopics: options.allowsUsersToCreateTopics ?? false,
      },
      updates,
      longPoll: new LongPoll(this.clock, updates),
      webhook: new Webhook(this.clock, updates, () => this.#onChange()),
      nextSetWebhookMs: Number.NEGATIVE_INFINITY,
      commands: new Map(),
      texts: new Map(),
      lastMessageId: 0,
      revoked: false,
    };
    updates.onPush = () => {
      bot.longPoll.wake();
      bot.webhook.wake();
      this.#onChange();
    };
    this.bots.set(id, bot);
    return bot;
  }

  addUser(options: Partial<Omit<User, "deactivated">> = {}): User {
    const id = options.id ?? FIRST_USER_ID + this.users.size;
    if (this.users.has(id)) throw new Error(`a user with id ${id} exists already`);
    const user: User = { ...options, id, first_name: options.first_name ?? `User ${id}`, deactivated: false };
    this.users.set(id, user);
    return user;
  }

  addGroup(options: Pick<GroupChat, "type" | "title" | "username" | "isForum"> & { id?: number }): GroupChat {
    const first = options.type === "group" ? FIRST_GROUP_ID : FIRST_SUPERGROUP_ID;
    const id = options.id ?? first - this.groups.size;
    if (this.groups.has(id)) throw new Error(`a group with id ${id} exists already`);
    const group: GroupChat = {
      ...options,
      ...emptyChat(id),
      members: new Map(),
      migratedTo: undefined,
      deleted: false,
      lastMessageId: 0,
      lastBotId: undefined,
    };
    this.groups.set(id, group);
    return group;
  }

  /** The chat of a person with a bot; made on first use, not started. */
  privateChat(bot: Bot, user: User): PrivateChat {
    const key = `${bot.id}:${user.id}`;
    let chat = this.#privateChats.get(key);
    if (chat === undefined) {
      chat = { ...emptyChat(user.id), type: "private", bot, user, started: false, blocked: false };
      this.#privateChats.set(key, chat);
    }
    return chat;
  }

  /** The chat a bot means by an id; undefined when nobody has it. */
  chatById(bot: Bot, id: number): Chat | undefined {
    const user = this.users.get(id);
    return user === undefined ? this.groups.get(id) : this.privateChat(bot, user);
  }

  botByToken(token: string): Bot | undefined {
    const bot = this.bots.get(idOfToken(token) ?? 0);
    return bot !== undefined && bot.token === token && !bot.revoked ? bot : undefined;
  }

  /** Every chat a bot has a part in, private ones first, in order of creation. */
  chatsOf(bot: Bot): Chat[] {
    const privateChats = [...this.#privateChats.values()].filter((chat) => chat.bot === bot);
    const groups = [...this.groups.values()].filter(
      (chat) => chat.members.has(bot.id) || botsOf(chat).includes(bot),
    );
    return [...privateChats, ...groups];
  }
}

function emptyChat(id: number) {
  return { id, messages: new Map(), topics: new Map(), actions: [], drafts: [], pinned: [] };
}

function idOfToken(token: string | undefined): number | undefined {
  const id = Number(token?.split(":")[0]);
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}
