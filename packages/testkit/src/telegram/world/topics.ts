import type { Chat, Topic } from "./chat.ts";
import type { Author } from "./message.ts";
import { postMessage } from "./post-message.ts";

export interface NewTopic {
  author: Author;
  atMs: number;
  name: string;
  iconColor: number;
  iconCustomEmojiId?: string | undefined;
  /** Telegram has made the name up. */
  isNameImplicit?: boolean;
}

/** Opens a topic. Its id is that of the service message which opens it. */
export function openTopic(chat: Chat, input: NewTopic): Topic {
  const { name, iconColor, iconCustomEmojiId } = input;
  const root = postMessage(chat, {
    author: input.author,
    atMs: input.atMs,
    extra: {
      forum_topic_created: {
        name,
        icon_color: iconColor,
        ...(input.isNameImplicit === true && { is_name_implicit: true }),
      },
    },
  });
  const topic: Topic = { id: root.id, name, iconColor, iconCustomEmojiId, closed: false, deleted: false };
  chat.topics.set(topic.id, topic);
  // Only now is the thread's id known; from here on the message is the topic's first.
  chat.messages.set(root.id, { ...root, threadId: root.id, isTopicMessage: true });
  return topic;
}
