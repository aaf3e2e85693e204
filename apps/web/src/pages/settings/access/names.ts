import type { AccessEntry } from "@steward/contract/access";
import type { Bot } from "@steward/contract/bots";
import { escapeHidden } from "@steward/contract/visible-text";

/** What a person calls themselves, with nothing hidden in it: names are anybody's to choose. */
export const personName = ({
  name,
  username,
  userId,
}: Pick<AccessEntry, "name" | "username" | "userId">): string => {
  const called = name?.trim() || (username ? `@${username}` : userId);
  return escapeHidden(called);
};

/** By what else a person is known: the number cannot be chosen. */
export const personHandle = ({
  name,
  username,
  userId,
}: Pick<AccessEntry, "name" | "username" | "userId">): string =>
  [username && name?.trim() && `@${escapeHidden(username)}`, userId].filter(Boolean).join(" · ");

export const botName = ({ username, id }: Pick<Bot, "username" | "id">): string =>
  username ? `@${username}` : id;
