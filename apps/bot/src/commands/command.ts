import type { ChatAddress } from "@steward/contract/ids";
import type { InboxUpdate } from "@steward/contract/inbox";

type Sender = NonNullable<InboxUpdate["sender"]>;

/** What a person asked for, with everything needed to answer. */
export interface CommandRequest {
  readonly address: ChatAddress;
  readonly language: Sender["language"];
  /** The word after the slash. */
  readonly name: string;
  /** What stands after it. */
  readonly args: string;
  /** Who asks. */
  readonly userId: string;
  readonly userName: string | null;
  readonly isGroup: boolean;
  /** Of a group, as its members see it. */
  readonly chatTitle: string | null;
  /** The command's own message. */
  readonly messageId: number | null;
  /** The message of this chat that it was written as a reply to. */
  readonly replyToMessageId: number | null;
  /** Its words; empty when there are none. */
  readonly replyToText: string;
  /** The same each time that this command is handled: what must not be done twice goes by it. */
  readonly onceKey: string;
}

/** Whoever wants something, by command or by button. */
export type Asker = Pick<CommandRequest, "address" | "language" | "userId">;

/** Does it and says so in the chat. Throws what the API or Telegram refuse; the dispatcher tells the person. */
export type Command = (request: CommandRequest) => Promise<void>;
