import type { ChatAddress } from "@steward/contract/ids";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { chats as chatTable } from "@steward/schema/tables";
import { eq } from "drizzle-orm";
import type { PolicyService } from "../policies/policy-service.ts";
import type { ChatRecord, ChatRepository } from "./chat-repository.ts";

/** The names of topics: a person's stay, and one that Telegram has made up is replaced once. */
export interface TopicService {
  /** What a topic is called now. `isDefault`: nobody has chosen that name. */
  note(address: ChatAddress, topic: { name: string; isDefault: boolean }): void;
  /** What the topic is to be called by now, told once; null: it keeps its name. */
  title(address: ChatAddress): string | null;
}

/** Telegram takes 128. More than this a list of topics does not show. */
const LONGEST_TITLE = 48;

export const createTopicService = (deps: {
  database: OpenDatabase;
  chats: Pick<ChatRepository, "find" | "current">;
  policies: Pick<PolicyService, "get">;
  ensureChat: (address: ChatAddress) => ChatRecord;
}): TopicService => {
  const { chats, policies, database } = deps;

  const write = (chatRef: number, values: Partial<typeof chatTable.$inferInsert>): void => {
    database.write((tx) => tx.update(chatTable).set(values).where(eq(chatTable.id, chatRef)).run());
  };

  return {
    note: (address, { name, isDefault }) => {
      if (address.threadId === "") return;
      const chat = deps.ensureChat(address);
      write(chat.id, { topicName: name, topicNamed: chat.topicNamed || !isDefault });
    },
    title: (address) => {
      const chat = chats.find(address);
      // A topic of which nothing is known may have a name that somebody has chosen.
      if (!chat || chat.threadId === "" || chat.topicName === null || chat.topicNamed) return null;
      if (!policies.get("topicTitles", chat)) return null;
      const title = shorten(chats.current(chat.id)?.title ?? "");
      if (title === "" || title === chat.topicName) return null;
      write(chat.id, { topicName: title, topicNamed: true });
      return title;
    },
  };
};

const shorten = (title: string): string => {
  const characters = [...new Intl.Segmenter().segment(title.replace(/\s+/g, " ").trim())];
  if (characters.length <= LONGEST_TITLE) return characters.map(({ segment }) => segment).join("");
  const kept = characters.slice(0, LONGEST_TITLE - 1).map(({ segment }) => segment);
  return `${kept.join("").trimEnd()}…`;
};
