import type { MessageKey } from "@steward/contract/messages";

/** A file that the agent sends, taken out of its outbox and not yet committed. */
export interface OutgoingFile {
  id: string;
  /** Relative to the workspace. */
  path: string;
  originalName: string;
  mediaType: string;
  bytes: number;
  sha256: string;
}

/** What goes out beside an answer. */
export interface Outgoing {
  files: OutgoingFile[];
  /** Why something does not go out. */
  notices: { key: MessageKey; params: Record<string, string | number> }[];
}

export const EMPTY_OUTGOING: Readonly<Outgoing> = { files: [], notices: [] };
