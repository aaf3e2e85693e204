import { useId } from "react";
import { useBots } from "../../../api/access.ts";
import { useChatNames } from "../../../api/chat-names.ts";
import { chatKey, useSessions } from "../../../api/chats.ts";
import { useSay } from "../../../texts/texts.tsx";
import { Select } from "../../../ui/select.tsx";
import { botName } from "../access/names.ts";

export interface ChosenScope {
  bot?: string | undefined;
  chat?: string | undefined;
  thread?: string | undefined;
}

/** For what it holds: everything, a bot, or one of its chats. It stands in the address. */
export const ScopeChoice = ({
  label,
  chosen: { bot = "", chat, thread = "" },
  choose,
}: {
  label: string;
  chosen: ChosenScope;
  choose: (next: ChosenScope) => void;
}) => {
  const say = useSay();
  const id = useId();
  const bots = useBots();
  const sessions = useSessions();
  const names = useChatNames();
  const known = new Set([
    ...(bots.data ?? []).map((each) => each.id),
    ...(sessions.data ?? []).map((each) => each.botId),
  ]);
  if (bot !== "") known.add(bot);
  const chats = (sessions.data ?? []).filter(({ botId }) => botId === bot);
  const current = chat === undefined ? "" : chatKey({ botId: bot, chatId: chat, threadId: thread });
  const nameOf = (botId: string): string => {
    const found = bots.data?.find((each) => each.id === botId);
    return found ? botName(found) : botId;
  };
  const chatOptions = chats.map((each) => ({ value: chatKey(each), text: names(each) }));
  const isKnown = current === "" || chatOptions.some(({ value }) => value === current);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
      <label htmlFor={`${id}-bot`} className="font-medium">
        {label}
      </label>
      <Select
        id={`${id}-bot`}
        value={bot}
        options={[
          { value: "", text: say("settings.scope_all") },
          ...[...known].map((value) => ({
            value,
            text: say("settings.scope_bot", { bot: nameOf(value) }),
          })),
        ]}
        choose={(value) => choose(value === "" ? {} : { bot: value })}
      />
      {bot !== "" && (
        <Select
          aria-label={say("settings.scope_chat")}
          className="w-full sm:w-auto sm:max-w-72"
          value={current}
          options={[
            { value: "", text: say("settings.scope_chats") },
            ...chatOptions,
            ...(isKnown ? [] : [{ value: current, text: chat ?? "" }]),
          ]}
          choose={(value) => {
            const found = chats.find((each) => chatKey(each) === value);
            const thread = found?.threadId === "" ? undefined : found?.threadId;
            choose(found ? { bot, chat: found.chatId, thread } : { bot });
          }}
        />
      )}
    </div>
  );
};
