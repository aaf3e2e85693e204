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
}

/** Does it and says so in the chat. Throws what the API or Telegram refuse; the dispatcher tells the person. */
export type Command = (request: CommandRequest) => Promise<void>;
