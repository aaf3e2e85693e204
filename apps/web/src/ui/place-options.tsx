import type { Places } from "../api/places.ts";
import { useSay } from "../texts/texts.tsx";

/**
 * Bots, and the chats of each, as options of a list: `bot` or `bot/chat`.
 *
 * @param chosen stands in the list even when nothing is known of it
 */
export const PlaceOptions = ({
  places,
  chosen,
}: {
  places: Places;
  chosen: { botId: string; chatId?: string | undefined } | null;
}) => {
  const say = useSay();
  const bots = new Set([...places.bots.map(({ id }) => id), ...(chosen ? [chosen.botId] : [])]);
  const chatsOf = (botId: string): string[] => {
    const known = places.chats.filter((chat) => chat.botId === botId).map(({ chatId }) => chatId);
    const isAbsent = chosen?.botId === botId && chosen.chatId && !known.includes(chosen.chatId);
    return isAbsent && chosen.chatId ? [...known, chosen.chatId] : known;
  };
  return [...bots].map((botId) => (
    <optgroup key={botId} label={places.botName(botId)}>
      <option value={botId}>{say("place.bot", { bot: places.botName(botId) })}</option>
      {chatsOf(botId).map((chatId) => (
        <option key={chatId} value={`${botId}/${chatId}`}>
          {places.chatName(botId, chatId)}
        </option>
      ))}
    </optgroup>
  ));
};
