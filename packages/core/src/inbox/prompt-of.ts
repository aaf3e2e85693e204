import type { InboxUpdate } from "@steward/contract/inbox";

/**
 * What the agent is asked. The words of others stand before the person's own and are told from them, with who wrote them
 * and when: what was replied to as a quote, what was forwarded as one of whom it came from. Each of their lines carries a
 * mark, so that nothing written in them can pass for the end of the quote. In a group, where several people write, the
 * person is named.
 *
 * @param isRest it goes on with what the same person has just said: they were named there
 */
export const promptOf = (
  { chat, sender, text, replyTo, forwardedFrom, forwardedAt }: InboxUpdate,
  { isRest = false }: { isRest?: boolean } = {},
): string => {
  const said =
    forwardedFrom == null
      ? text
      : `[Forwarded from ${JSON.stringify(forwardedFrom)}${moment(", ", forwardedAt)}]${text === "" ? "" : `\n${quote(text)}`}`;
  const isGroup = chat?.type === "group" || chat?.type === "supergroup";
  const own = isGroup && !isRest ? named(sender, said, forwardedFrom == null ? " " : "\n") : said;
  if (!replyTo || replyTo.text === "") return own;
  const who = replyTo.from ? ` ${JSON.stringify(replyTo.from)}` : "";
  const origin = `[Replying to${who}${moment(who === "" ? " " : ", ", replyTo.sentAt)}:`;
  const replied = replyTo.text.includes("\n")
    ? `${origin}]\n${quote(replyTo.text)}`
    : `${origin} ${JSON.stringify(replyTo.text)}]`;
  return own === "" ? replied : `${replied}\n\n${own}`;
};

/**
 * Whether a prompt has words of others in it, as `promptOf` marks them. Somebody who writes such a mark themself counts as
 * quoting.
 */
export const quotesOthers = (prompt: string): boolean => /^\[(Replying to|Forwarded from)\b/m.test(prompt);

const quote = (text: string): string => text.replace(/^/gm, "> ");

/** To the minute; empty when it is not known. */
const moment = (before: string, at: number | null | undefined): string => {
  const date = at == null ? null : new Date(at);
  if (date === null || Number.isNaN(date.getTime())) return "";
  return `${before}${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
};

const named = (sender: InboxUpdate["sender"], said: string, separator: string): string =>
  said === "" ? `${nameOf(sender)}:` : `${nameOf(sender)}:${separator}${said}`;

/** On one line, so that no name can go on with somebody else's words. */
const nameOf = (sender: InboxUpdate["sender"]): string => {
  const name = sender?.name ?? (sender?.username ? `@${sender.username}` : `User ${sender?.id ?? "?"}`);
  return name.replace(/[\p{C}\p{Z}:]+/gu, " ").trim() || `User ${sender?.id ?? "?"}`;
};
