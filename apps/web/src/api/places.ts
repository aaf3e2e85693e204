import { useSay } from "../texts/texts.tsx";
import { useAccessChats, useBots } from "./access.ts";
import { chatName, useSessionNames } from "./chat-names.ts";
import { useHistorySessions } from "./history.ts";

export interface ChatPlace {
  botId: string;
  chatId: string;
  name: string;
}

/** What bots, chats and sessions are called; those that nothing is known of by their ids. */
export interface Places {
  bots: { id: string; name: string }[];
  /** The groups, and the chats that were talked in last. A chat's topics are part of it. */
  chats: ChatPlace[];
  botName(botId: string): string;
  chatName(botId: string, chatId: string): string;
  sessionName(botId: string, sessionId: string): string;
  /** Whom a memory is for: everybody, all chats of a bot, or one chat. */
  scopeName(scope: { botId: string; chatId: string }): string;
}

export const usePlaces = (): Places => {
  const say = useSay();
  const bots = useBots();
  const groups = useAccessChats();
  const { data: sessions = [] } = useHistorySessions();
  const sessionName = useSessionNames();

  const names = new Map((bots.data ?? []).map(({ id, username }) => [id, username && `@${username}`]));
  for (const { botId } of sessions) if (!names.has(botId)) names.set(botId, null);
  const botName = (botId: string): string => names.get(botId) ?? (botId === "web" ? say("place.web") : botId);

  const chats = new Map<string, ChatPlace>();
  const put = (botId: string, chatId: string, name: string): void => {
    const key = `${botId}/${chatId}`;
    if (!chats.has(key)) chats.set(key, { botId, chatId, name });
  };
  for (const { botId, chatId, title } of groups.data ?? []) if (title) put(botId, chatId, title);
  for (const session of sessions) {
    if (session.chat?.threadId === "") put(session.botId, session.chat.chatId, chatName(session));
  }
  for (const { botId, chat } of sessions) if (chat) put(botId, chat.chatId, chat.chatId);

  const nameOfChat = (botId: string, chatId: string): string =>
    chats.get(`${botId}/${chatId}`)?.name ?? chatId;

  return {
    bots: [...names.keys()].map((id) => ({ id, name: botName(id) })),
    chats: [...chats.values()],
    botName,
    chatName: nameOfChat,
    sessionName: (botId, sessionId) => sessionName(botId, sessionId) ?? sessionId,
    scopeName: ({ botId, chatId }) => {
      if (botId === "") return say("place.shared");
      return chatId === "" ? say("place.bot", { bot: botName(botId) }) : nameOfChat(botId, chatId);
    },
  };
};
