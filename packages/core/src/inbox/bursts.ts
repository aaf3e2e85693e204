import { MAX_FILES_PER_TURN } from "@steward/contract/files";
import { type ChatAddress, isSameChat } from "@steward/contract/ids";
import type { InboxUpdate } from "@steward/contract/inbox";
import { MAX_PROMPT_BYTES } from "@steward/contract/turns";
import type { Prompt } from "./inbox-judge.ts";

/**
 * Telegram's clients cut a longer paste at 4,096 UTF-16 units, most of them at a line or word before that: what comes
 * from here on upwards is taken for cut.
 */
const CUT_FROM_LENGTH = 4_000;
const LONGEST_MESSAGE = 4_096;
/** Messages of one batch that were sent further apart than this are different thoughts. */
const BURST_GAP_MS = 10_000;
/** No paste of a person has more. */
const MOST_MESSAGES = 25;
const LONGEST_JOINT = "\n\n".length;

/** A turn that is made of messages and may take a further one of the same sender. */
export interface Burst {
  turnId: string;
  address: ChatAddress;
  senderId: string;
  messages: number;
  promptBytes: number;
  /** What its first message answers. */
  replyTo: InboxUpdate["replyTo"];
  files: number;
  /** Of its messages: what comes with one of these belongs to it, whatever was said in between. */
  albums: readonly string[];
  /** Not only further parts of its albums. */
  takesWords: boolean;
  last: Said;
}

type Said = Pick<InboxUpdate, "text" | "sentAt" | "forwardedFrom">;
type Sent = Pick<InboxUpdate, "attachments" | "mediaGroupId">;

export const filesOf = ({ attachments = [] }: Sent): number => attachments.length;
export const albumsOf = ({ mediaGroupId }: Sent): string[] => (mediaGroupId == null ? [] : [mediaGroupId]);

/** Its client has probably cut it: more may follow. */
export const isCut = ({ text }: Pick<InboxUpdate, "text">): boolean => text.length >= CUT_FROM_LENGTH;

/**
 * What stands between a message and the next: cut in a word, cut at the end of a line, or sent as two. Somebody else's
 * words are marked as theirs, message by message.
 */
export const jointBetween = (before: Said, after: Said): string => {
  if (!isCut(before) || before.forwardedFrom != null || after.forwardedFrom != null) return "\n\n";
  return before.text.length >= LONGEST_MESSAGE ? "" : "\n";
};

/** Whether a prompt goes on with what its sender has just said, rather than begin something of its own. */
export const continues = (burst: Burst, prompt: Prompt): boolean => {
  const { sender, text, replyTo, sentAt = null } = prompt;
  if (sender.id !== burst.senderId || burst.messages >= MOST_MESSAGES) return false;
  if (burst.promptBytes + LONGEST_JOINT + Buffer.byteLength(text) > MAX_PROMPT_BYTES) return false;
  if (burst.files + filesOf(prompt) > MAX_FILES_PER_TURN) return false;
  if (albumsOf(prompt).some((album) => burst.albums.includes(album))) return true;
  if (!burst.takesWords) return false;
  if (replyTo !== null && replyTo.messageId !== burst.replyTo?.messageId) return false;
  const before = burst.last.sentAt ?? null;
  return sentAt === null || before === null || sentAt - before <= BURST_GAP_MS;
};

/** A burst with one message more. */
export const grown = (burst: Burst, prompt: Prompt): Burst => ({
  ...burst,
  messages: burst.messages + 1,
  promptBytes: burst.promptBytes + LONGEST_JOINT + Buffer.byteLength(prompt.text),
  files: burst.files + filesOf(prompt),
  albums: [...burst.albums, ...albumsOf(prompt)],
  last: prompt,
});

/** The bursts of one batch, while it is written. */
export class BatchBursts {
  #bursts: Burst[] = [];

  note(burst: Burst): void {
    this.#bursts = [...this.#bursts.filter(({ turnId }) => turnId !== burst.turnId), burst];
  }

  in(address: ChatAddress): Burst[] {
    return this.#bursts.filter((burst) => isSameChat(burst.address, address));
  }

  /** Something else was said or done in the chat. What is cut still lacks its rest, and an album its further parts. */
  interrupt(address: ChatAddress): void {
    this.#bursts = this.#bursts.flatMap((burst) => {
      if (!isSameChat(burst.address, address) || isCut(burst.last)) return [burst];
      return burst.albums.length > 0 ? [{ ...burst, takesWords: false }] : [];
    });
  }
}
