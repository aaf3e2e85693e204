import { MAX_OUTGOING_BYTES } from "@steward/contract/files";
import { translate } from "@steward/contract/messages";
import type { Ids } from "@steward/platform/ids";
import type { DatabaseOrTransaction } from "@steward/schema/sqlite";
import type { ChatRecord } from "../chats/chat-repository.ts";
import type { DeliveryRepository } from "../deliveries/delivery-repository.ts";
import type { FileRepository } from "./file-repository.ts";
import type { Outgoing } from "./outgoing.ts";

/**
 * Writes what goes out beside an answer, in the transaction that is open: a row per file and, where an outbox is read
 * (`deliver`), a delivery per file and notice. Answers the deliveries' ids, to be published after the commit.
 *
 * The deliveries stand for themselves and not for the turn: it is done when its answer is out.
 */
export type WriteOutgoing = (
  tx: DatabaseOrTransaction,
  chat: ChatRecord,
  outgoing: Readonly<Outgoing>,
  of: { turnId: string | null; deliver: boolean; replyToMessageId: number | null; now: number },
) => string[];

export const createOutgoingWriter =
  (deps: { files: FileRepository; deliveries: DeliveryRepository; ids: Ids }): WriteOutgoing =>
  (tx, chat, outgoing, { turnId, deliver, replyToMessageId, now }) => {
    const written: string[] = [];
    const send = (delivery: { kind: "file" | "notice"; text: string; fileId: string | null }): void => {
      if (!deliver) return;
      const id = deps.ids.uuid7();
      deps.deliveries.insert(tx, {
        ...delivery,
        id,
        chatRef: chat.id,
        turnId: null,
        language: chat.language,
        actions: [],
        replyToMessageId,
        placeholderIds: [],
        createdAt: now,
      });
      written.push(id);
    };
    for (const file of outgoing.files) {
      deps.files.insert(tx, { ...file, chatRef: chat.id, direction: "out", turnId, createdAt: now });
      // Larger ones no front end can send; they are listed and can be had over HTTP.
      if (file.bytes <= MAX_OUTGOING_BYTES) {
        send({ kind: "file", text: file.originalName, fileId: file.id });
      }
    }
    for (const { key, params } of outgoing.notices) {
      send({ kind: "notice", text: translate(chat.language, key, params), fileId: null });
    }
    return written;
  };
