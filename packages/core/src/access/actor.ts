import { DomainError } from "@steward/contract/errors";
import { type Ability, may } from "./abilities.ts";
import type { People } from "./people.ts";

/** Who acts: a holder of the token, by a name for the audit, or a person of a bot for whom a front end speaks. */
export type Actor = string | { userId: string };

/** Whoever holds the token is the owner of everything. */
const HOLDER = "owner";

/**
 * @param userId the person a front end speaks for; undefined = whoever holds the token
 * @param holder what the audit calls the holder of the token, where more is known of them
 */
export const actorOf = (userId: string | undefined, holder = HOLDER): Actor =>
  userId === undefined ? holder : { userId };

/**
 * What the audit calls whoever acts. Throws owner_only for a person who may not.
 *
 * @param botId the bot that the person is one of; undefined = it concerns everything, and so no person of a bot
 */
export const nameActor = (
  actor: Actor,
  botId: string | undefined,
  access: Pick<People, "roleOf">,
  ability: Ability = "manage",
): string => {
  if (typeof actor === "string") return actor;
  if (botId === undefined) {
    throw new DomainError("owner_only", "What holds for everything is set where Steward runs");
  }
  if (may(access.roleOf(botId, actor.userId), ability)) return `${botId}/${actor.userId}`;
  throw new DomainError("owner_only", "Only the bot's owner or an admin may do this");
};
