import { type MessageKey, translate } from "@steward/contract/messages";
import type { InboxState } from "@steward/schema/enums";
import type { DatabaseOrTransaction } from "@steward/schema/sqlite";
import type { ChatRecord, ChatRepository } from "../chats/chat-repository.ts";
import type { OutboxWriter } from "../deliveries/outbox-writer.ts";
import { partOf } from "../turns/edited-prompt.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import type { TurnMessage, TurnMessageRepository } from "../turns/turn-message-repository.ts";
import { isSettled } from "../turns/turn-record.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
import type { Prompt } from "./inbox-judge.ts";
import { promptOf } from "./prompt-of.ts";

/** What became of an edit. */
export interface JudgedEdit {
  state: Extract<InboxState, "handled" | "ignored">;
  detail: "edited" | "edited_too_late" | "unchanged" | "unknown_message";
  /** What the chat is told about it: committed with it, to be published after. */
  said: string[];
}

/**
 * Edits of messages that a chat was sent. While a message's turn waits its words change; later they are kept, and the
 * person is asked whether to run them. Takes part in the transaction of the edit's row.
 */
export const createInboxEdits =
  (deps: {
    chats: Pick<ChatRepository, "find">;
    turns: Pick<TurnRepository, "find">;
    messages: TurnMessageRepository;
    journal: Pick<TurnJournal, "edit">;
    outbox: Pick<OutboxWriter, "say">;
  }): ((tx: DatabaseOrTransaction, botId: string, edit: Prompt, now: number) => JudgedEdit) =>
  (tx, botId, edit, now) => {
    const { messages, journal, outbox } = deps;
    const { chat: place, messageId, sender } = edit;
    const known = deps.chats.find({ botId, chatId: place.id, threadId: place.threadId });
    const chat = known && { ...known, language: sender.language };
    const part = chat && messageId !== null ? messages.find(chat.id, messageId) : null;
    const record = part && deps.turns.find(part.turnId);

    const tell = (to: ChatRecord, key: MessageKey, actions: "run_edited"[]): string[] => [
      outbox.say(
        tx,
        to,
        {
          turnId: null,
          kind: "notice",
          text: translate(to.language, key),
          actions,
          replyToMessageId: messageId,
          placeholderId: null,
        },
        now,
      ),
    ];

    if (!chat || !part || !record) {
      // In a group most of what is edited was never meant for us.
      const isOurs = chat !== null && place.type === "private" && edit.text.trim() !== "";
      const said = isOurs ? tell(chat, "notice.edit_unknown", []) : [];
      return { state: "ignored", detail: "unknown_message", said };
    }
    const text = wordsOf(edit, part);
    // Telegram also calls it an edit when a preview or a button has changed.
    if (text === (part.lateEdit ?? partOf(record.prompt, part)))
      return { state: "ignored", detail: "unchanged", said: [] };
    if (journal.edit(tx, part, text)) return { state: "handled", detail: "edited", said: [] };
    messages.setLateEdit(tx, part, text);
    const key = isSettled(record.state) ? "notice.edit_answered" : "notice.edit_running";
    // Asked once for each run: the button takes the latest words.
    const said = part.lateEdit === null ? tell(chat, key, ["run_edited"]) : [];
    return { state: "handled", detail: "edited_too_late", said };
  };

/** What the whole answers is quoted at its beginning alone. */
const wordsOf = (edit: Prompt, { startsAt }: TurnMessage): string =>
  promptOf(startsAt === 0 ? edit : { ...edit, replyTo: null });
