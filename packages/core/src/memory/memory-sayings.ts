import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import { MEMORY_LIMITS } from "@steward/contract/memory-limits";
import { type MessageKey, translate, translateError } from "@steward/contract/messages";
import type { DatabaseOrTransaction } from "@steward/schema/sqlite";
import { plain } from "../access/owner-questions.ts";
import type { ChatHistoryRepository } from "../chat/chat-history-repository.ts";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { OutboxWriter } from "../deliveries/outbox-writer.ts";
import type { Prompt } from "../inbox/inbox-judge.ts";
import { promptOf } from "../inbox/prompt-of.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import type { MemoryNotes } from "./memory-notes.ts";
import { type MemorySentence, readMemorySentence } from "./memory-sentences.ts";
import type { Memory, MemoryAuthor, MemoryChange, MemoryService } from "./memory-service.ts";

/** Characters of what is remembered that an answer shows. */
const SHOWN = 400;

/** A message that was dealt with here and makes no turn. */
export interface MemorySaid {
  detail: "remembered" | "forgotten";
  /** The answer: committed with it, to be published after. */
  said: string[];
}

/**
 * "Remember …" and "forget …" as plain messages: done in the transaction of the message's row, so once, and answered. Null:
 * the message is for the agent.
 */
export type MemorySayings = (
  tx: DatabaseOrTransaction,
  address: ChatAddress,
  prompt: Prompt,
  now: number,
) => MemorySaid | null;

export const createMemorySayings = (deps: {
  notes: MemoryNotes;
  memories: Pick<MemoryService, "remove">;
  chats: Pick<ChatRepository, "ensure">;
  history: Pick<ChatHistoryRepository, "say">;
  outbox: Pick<OutboxWriter, "say">;
  policies: Pick<PolicyService, "get">;
}): MemorySayings => {
  const { notes, memories, chats } = deps;

  return (tx, address, prompt, now) => {
    const sentence = isPlain(prompt) ? readMemorySentence(prompt.text) : null;
    if (sentence === null) return null;
    const chat = {
      ...chats.ensure(address, prompt.sender.language, now),
      language: prompt.sender.language,
    };
    if (!deps.policies.get("rememberSentences", chat)) return null;
    const owner = { botId: address.botId, chatId: address.chatId };
    const { sender, messageId: replyToMessageId } = prompt;
    const doomed = sentence.kind === "forget" ? notes.named(owner, sentence.words, sender.id) : null;
    const words = wordsOf(sentence, prompt);
    if (doomed === null && words === null) return null;

    const userName = sender.name ?? sender.username;
    const messageId = deps.history.say({
      address,
      role: "user",
      content: promptOf(prompt),
      source: "telegram",
      userId: sender.id,
      username: userName,
      turnId: null,
      at: now,
    });
    const author: MemoryAuthor = { origin: "person", userId: sender.id, userName, turnId: null, messageId };
    const say = (key: MessageKey, memory: Memory, change: MemoryChange | null): string[] =>
      answer(translate(chat.language, key, { content: plain(memory.content, SHOWN) }), change);
    const answer = (text: string, change: MemoryChange | null): string[] => {
      const subject = change && `${change.id}.${messageId}`;
      const actions = change ? (["memory_undo", "memory_ask"] as const) : [];
      const about = { turnId: null, kind: "notice" as const, replyToMessageId, placeholderId: null };
      return [deps.outbox.say(tx, chat, { ...about, text, subject, actions: [...actions] }, now)];
    };

    if (doomed !== null) {
      const change = memories.remove(doomed.id, author);
      return { detail: "forgotten", said: say("memory.said.forgotten", doomed, change) };
    }
    try {
      const { outcome, memory, change } = notes.remember(owner, words ?? "", author);
      const key = outcome === "remembered" ? "memory.said.remembered" : "memory.said.known";
      return { detail: "remembered", said: say(key, memory, change) };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // There are too many: all other messages of the batch are taken in all the same.
      return {
        detail: "remembered",
        said: answer(translateError(chat.language, error.code, error.params), null),
      };
    }
  };
};

/** A person's own words to the bot, and nothing with them. */
const isPlain = ({ kind, chat, interrupts, attachments = [], forwardedFrom, addressed }: Prompt): boolean =>
  kind === "prompt" &&
  interrupts !== true &&
  attachments.length === 0 &&
  forwardedFrom == null &&
  (chat.type === "private" || addressed === true);

const wordsOf = (sentence: MemorySentence, { replyTo }: Prompt): string | null => {
  if (sentence.kind === "remember") return sentence.words;
  if (sentence.kind === "forget") return null;
  const replied = replyTo?.text.trim() ?? "";
  return replied === "" || replied.length > MEMORY_LIMITS.content ? null : replied;
};
