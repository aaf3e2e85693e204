import type { InboxUpdate } from "@steward/contract/inbox";

/**
 * What the agent is asked. The words of others stand before the person's own and are told from them, with who wrote them
 * and when: what was replied to as a quote, what was forwarded as one of whom it came from. Each of their lines carries a
 * mark, so that nothing written in them can pass for the end of the quote.
 */
export const promptOf = ({ text, replyTo, forwardedFrom, forwardedAt }: InboxUpdate): string => {
  const own =
    forwardedFrom == null
      ? text
      : `[Forwarded from ${JSON.stringify(forwardedFrom)}${moment(", ", forwardedAt)}]${text === "" ? "" : `\n${quote(text)}`}`;
  if (!replyTo || replyTo.text === "") return own;
  const who = replyTo.from ? ` ${JSON.stringify(replyTo.from)}` : "";
  const origin = `[Replying to${who}${moment(who === "" ? " " : ", ", replyTo.sentAt)}:`;
  const replied = replyTo.text.includes("\n")
    ? `${origin}]\n${quote(replyTo.text)}`
    : `${origin} ${JSON.stringify(replyTo.text)}]`;
  return own === "" ? replied : `${replied}\n\n${own}`;
};

const quote = (text: string): string => text.replace(/^/gm, "> ");

/** To the minute; empty when it is not known. */
const moment = (before: string, at: number | null | undefined): string => {
  const date = at == null ? null : new Date(at);
  if (date === null || Number.isNaN(date.getTime())) return "";
  return `${before}${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
};
