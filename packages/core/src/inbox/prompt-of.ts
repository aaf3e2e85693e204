import type { InboxUpdate } from "@steward/contract/inbox";

/**
 * What the agent is asked. The words of others stand before the person's own and are told from them: what was replied to
 * as a quote, what was forwarded as one of whom it came from. Each of their lines carries a mark, so that nothing
 * written in them can pass for the end of the quote.
 */
export const promptOf = ({ text, replyTo, forwardedFrom }: InboxUpdate): string => {
  const own =
    forwardedFrom == null ? text : `[Forwarded from ${JSON.stringify(forwardedFrom)}]\n${quote(text)}`;
  if (!replyTo || replyTo.text === "") return own;
  const replied = replyTo.text.includes("\n")
    ? `[Replying to:]\n${quote(replyTo.text)}`
    : `[Replying to: ${JSON.stringify(replyTo.text)}]`;
  return `${replied}\n\n${own}`;
};

const quote = (text: string): string => text.replace(/^/gm, "> ");
