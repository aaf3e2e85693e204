import type { Bot } from "../world/bot.ts";
import type { User } from "../world/user.ts";
import { Group } from "./group.ts";
import { type ControlDeps, Seat } from "./seat.ts";

/** A person, who takes a seat in a chat to act there. */
export class Person {
  readonly user: User;
  readonly #deps: ControlDeps;

  constructor(deps: ControlDeps, user: User) {
    this.#deps = deps;
    this.user = user;
  }

  /** The user id; also the id of the private chats with every bot. */
  get id(): number {
    return this.user.id;
  }

  /** In a group, or (given a bot) in the private chat with it. Cheap: take one whenever needed. */
  in(place: Group | Pick<Bot, "id">): Seat {
    if (place instanceof Group) return new Seat(this.#deps, place.chat, this.user);
    const bot = this.#deps.world.bots.get(place.id);
    if (bot === undefined) throw new Error(`there is no bot ${place.id}`);
    return new Seat(this.#deps, this.#deps.world.privateChat(bot, this.user), this.user);
  }

  /** Deletes the account: bots are refused 403 "user is deactivated". */
  deactivate(): void {
    this.user.deactivated = true;
  }
}
