import type { IncomingAttachment } from "@steward/contract/attachments";
import type { ErrorCode } from "@steward/contract/errors";

/** Why a file is not here. */
export interface AttachmentFailure {
  code: ErrorCode;
  params: Readonly<Record<string, string | number>>;
}

/** What a voice message says; or why that is not known, `off`: nobody was to listen. */
export type Hearing = { text: string } | { unheard: "off" | "failed" };

/** A file that came with a message, once it is known what became of it. */
export interface SettledAttachment {
  /** The file's id, when it is here. */
  id: string;
  attachment: IncomingAttachment;
  /** Null: it is here. */
  failure: AttachmentFailure | null;
  /** Of a voice message that is here; null of everything else. */
  hearing: Hearing | null;
}
