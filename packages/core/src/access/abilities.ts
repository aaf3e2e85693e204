import type { AccessRole } from "@steward/schema/enums";

const EVERYBODY: readonly AccessRole[] = ["owner", "admin", "user"];
const MANAGERS: readonly AccessRole[] = ["owner", "admin"];
const OWNERS: readonly AccessRole[] = ["owner"];

/**
 * What a person of a bot may do, by role; whoever holds the API's token may do all of it. The one place that says so:
 * services name what they are about to do, never a role.
 */
export const ABILITIES = {
  /** Choose the model that answers in a chat. */
  chooseModel: EVERYBODY,
  /** Choose how much of the work a chat is shown. */
  chooseView: EVERYBODY,
  /** Answer the agent's question in one's own name. */
  answerOwn: EVERYBODY,
  /** Answer it in another person's. */
  answerForOthers: MANAGERS,
  /** Have something remembered, changed and forgotten for a chat that they write in. */
  keepMemories: EVERYBODY,
  /** The same for all chats of the bot. */
  keepBotMemories: MANAGERS,
  /** The same for everybody, other bots' chats included. */
  keepSharedMemories: OWNERS,
  /** Projects of chats, policies of the bot and its chats, the emergency brake. */
  manage: MANAGERS,
  /** Approve or refuse who asks, invite users, take a user's access away. */
  letIn: MANAGERS,
  /** Say in which groups the bot may be used. */
  allowChats: MANAGERS,
  /** Have the agent ask nobody before it uses a tool. */
  skipQuestions: OWNERS,
  /** Let everyone in a group use it. */
  admitEveryone: OWNERS,
  /** Give and take the roles of owners and admins. */
  setRoles: OWNERS,
} as const satisfies Record<string, readonly AccessRole[]>;

export type Ability = keyof typeof ABILITIES;

/** @param role null: not one of the bot's people */
export const may = (role: AccessRole | null, ability: Ability): boolean =>
  role !== null && (ABILITIES[ability] as readonly AccessRole[]).includes(role);
