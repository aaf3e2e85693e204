import { hasTopics, isPresent, type PrivateChat } from "../world/chat.ts";
import { deliverMessage, deliverOwnMembership } from "../world/deliver-update.ts";
import { openTopic } from "../world/topics.ts";
import type { ControlDeps, Seat } from "./seat.ts";

const TOPIC_COLOR = 7322096;

export function blockBot(deps: ControlDeps, seat: Seat): void {
  const chat = privateChat(seat);
  if (chat.blocked) return;
  changeBlock(deps, seat, chat, true);
}

export function unblockBot(deps: ControlDeps, seat: Seat): void {
  const chat = privateChat(seat);
  if (!chat.blocked) return;
  changeBlock(deps, seat, chat, false);
}

/** To the bot, a block looks as if it had been kicked out of the private chat. */
function changeBlock(deps: ControlDeps, { user }: Seat, chat: PrivateChat, blocked: boolean): void {
  chat.blocked = blocked;
  const who = { kind: "bot", bot: chat.bot } as const;
  const [from, to] = blocked ? (["member", "kicked"] as const) : (["kicked", "member"] as const);
  const change = { from: { status: from, who }, to: { status: to, who } };
  deliverOwnMembership(chat, chat.bot, user, change, deps.world.clock.now());
  deps.onChange();
}

/** Opens a topic as a person. Bots get the service message. */
export function createTopicAs(
  deps: ControlDeps,
  { chat, user }: Seat,
  name: string,
  isNameImplicit = false,
): number {
  if (!hasTopics(chat)) throw new Error(`chat ${chat.id} has no topics`);
  if (chat.type === "private" && !chat.bot.settings.allowsUsersToCreateTopics) {
    throw new Error(`@${chat.bot.username} does not let people open topics`);
  }
  if (chat.type !== "private" && !isPresent(chat.members.get(user.id)?.status)) {
    throw new Error(`user ${user.id} is not in group ${chat.id}`);
  }
  if (chat.type === "private") chat.started = true;
  const atMs = deps.world.clock.now();
  const author = { kind: "user" as const, user };
  const topic = openTopic(chat, { author, atMs, name, iconColor: TOPIC_COLOR, isNameImplicit });
  const root = chat.messages.get(topic.id);
  if (root !== undefined) deliverMessage(deps.world, chat, root);
  deps.onChange();
  return topic.id;
}

function privateChat({ chat }: Seat): PrivateChat {
  if (chat.type !== "private") throw new Error("a bot is blocked in its private chat");
  return chat;
}
