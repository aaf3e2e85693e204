import { apiBot, apiUser } from "../world/api-objects.ts";
import type { Bot } from "../world/bot.ts";
import type { GroupChat, Member, MemberStatus } from "../world/chat.ts";
import { deliverMessage, deliverOwnMembership } from "../world/deliver-update.ts";
import { postMessage } from "../world/post-message.ts";
import type { User } from "../world/user.ts";
import { type ControlDeps, Seat } from "./seat.ts";

/** The owner of a group acts for everything that needs a person with rights. */
export class Group {
  readonly owner: User;
  readonly #deps: ControlDeps;
  #chat: GroupChat;

  constructor(deps: ControlDeps, chat: GroupChat, owner: User) {
    this.#deps = deps;
    this.#chat = chat;
    this.owner = owner;
    chat.members.set(owner.id, { status: "creator", who: { kind: "user", user: owner } });
  }

  /** The current id: another one after `migrate`. */
  get id(): number {
    return this.#chat.id;
  }

  get chat(): GroupChat {
    return this.#chat;
  }

  addUser(user: User): void {
    this.#chat.members.set(user.id, { status: "member", who: { kind: "user", user } });
    this.#serviceMessage({ new_chat_members: [apiUser(user)] });
  }

  removeUser(user: User): void {
    this.#setStatus(user.id, "left");
    this.#serviceMessage({ left_chat_member: apiUser(user) });
  }

  /** Adds a bot; it learns of it by my_chat_member and a service message. */
  addBot(bot: Bot, status: "member" | "administrator" = "member"): void {
    this.#changeBot(bot, status);
    this.#serviceMessage({ new_chat_members: [apiBot(bot)] });
  }

  /** Makes a bot an administrator (it then sees everything) or a plain member again. */
  setBotStatus(bot: Bot, status: "member" | "administrator"): void {
    this.#changeBot(bot, status);
    this.#deps.onChange();
  }

  /** Removes a bot: every further call of it is refused 403. */
  kick(bot: Bot): void {
    this.#changeBot(bot, "kicked");
    this.#deps.onChange();
  }

  /** A basic group is deleted by its owner. */
  deleteGroup(): void {
    this.#chat.deleted = true;
    this.#deps.onChange();
  }

  createTopic(name: string): number {
    return new Seat(this.#deps, this.#chat, this.owner).createTopic(name);
  }

  /** Deletes a topic with its messages. Bots are not told. */
  deleteTopic(id: number): void {
    const topic = this.#chat.topics.get(id);
    if (topic === undefined) throw new Error(`group ${this.id} has no topic ${id}`);
    topic.deleted = true;
    const atMs = this.#deps.world.clock.now();
    for (const message of this.#chat.messages.values()) {
      if (message.threadId === id) message.deletedAtMs ??= atMs;
    }
    this.#deps.onChange();
  }

  /**
   * Upgrades a basic group to a supergroup. The old chat tells where it went (`migrate_to_chat_id`), the new one where
   * it came from, and calls to the old id are refused with `migrate_to_chat_id` in the error's parameters.
   * @returns the new chat id.
   */
  migrate(): number {
    const old = this.#chat;
    if (old.type !== "group") throw new Error("only basic groups are upgraded");
    const upgraded = this.#deps.world.addGroup({
      type: "supergroup",
      title: old.title,
      username: undefined,
      isForum: false,
    });
    for (const [id, member] of old.members) upgraded.members.set(id, { ...member });
    this.#serviceMessage({ migrate_to_chat_id: upgraded.id });
    old.migratedTo = upgraded;
    this.#chat = upgraded;
    this.#serviceMessage({ migrate_from_chat_id: old.id });
    return upgraded.id;
  }

  #changeBot(bot: Bot, status: MemberStatus): void {
    const who = { kind: "bot", bot } as const;
    const from: Member = this.#chat.members.get(bot.id) ?? { status: "left", who };
    const to: Member = { status, who };
    this.#chat.members.set(bot.id, to);
    deliverOwnMembership(this.#chat, bot, this.owner, { from, to }, this.#deps.world.clock.now());
  }

  #setStatus(id: number, status: MemberStatus): void {
    const member = this.#chat.members.get(id);
    if (member === undefined) throw new Error(`user ${id} is not in group ${this.id}`);
    member.status = status;
  }

  #serviceMessage(extra: Record<string, unknown>): void {
    const author = { kind: "user", user: this.owner } as const;
    const message = postMessage(this.#chat, { author, atMs: this.#deps.world.clock.now(), extra });
    deliverMessage(this.#deps.world, this.#chat, message);
    this.#deps.onChange();
  }
}
