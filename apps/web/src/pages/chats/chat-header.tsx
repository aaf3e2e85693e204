import { getChatStatus } from "@steward/contract/chats";
import type { ChatAddress } from "@steward/contract/ids";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronLeft, Ellipsis } from "lucide-react";
import { useCallback, useState } from "react";
import { useSessionNames } from "../../api/chat-names.ts";
import { api } from "../../api/client.ts";
import { queryKey } from "../../api/keys.ts";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { formatUsd } from "../../ui/amounts.ts";
import { Badge } from "../../ui/badge.tsx";
import { IconButton } from "../../ui/button.tsx";
import { usePart } from "../../ui/use-part.ts";

const loadMenu = () => import("./chat-menu.tsx");

/** Which chat it is, what it is doing, and what can be done with all of it. */
export const ChatHeader = ({
  botId,
  sessionId,
  chat,
}: {
  botId: string;
  sessionId: string;
  chat: ChatAddress | null;
}) => {
  const say = useSay();
  const { language } = useLanguage();
  const [menu, setMenu] = useState(false);
  const ChatMenu = usePart(
    loadMenu,
    menu,
    useCallback(() => setMenu(false), []),
  );
  const name = useSessionNames()(botId, sessionId);
  const status = useQuery({
    queryKey: queryKey("sessions", "chat", botId, sessionId),
    queryFn: ({ signal }) => api.call(getChatStatus, { query: chat ?? { botId, chatId: "" }, signal }),
    enabled: chat !== null,
  });
  const { session, conversation } = status.data ?? {};
  const facts = [
    session?.model,
    conversation && say("chat.turns", { count: conversation.turns }),
    conversation && formatUsd(conversation.costUsd, language),
  ].filter(Boolean);
  const trigger = <IconButton label={say("ui.more")} />;
  const dots = <Ellipsis className="size-4" aria-hidden />;
  return (
    <header className="flex min-h-14 items-center gap-2 border-b border-line bg-surface px-2 sm:px-5">
      <Link
        to="/chats"
        aria-label={say("ui.back")}
        className="grid size-9 shrink-0 place-items-center rounded-lg hover:bg-hover lg:hidden"
      >
        <ChevronLeft className="size-5" aria-hidden />
      </Link>
      <div className="min-w-0 grow">
        <div className="flex items-center gap-2">
          <h2 className="truncate text-[15px] font-semibold">
            {name ?? conversation?.title ?? say("chat.new_chat")}
          </h2>
          {session && session.state !== "idle" && session.state !== "suspended" && (
            <Badge tone={session.state === "running" ? "accent" : "neutral"}>
              {say(`session.${session.state}`)}
            </Badge>
          )}
        </div>
        <p className="truncate text-xs text-soft">
          {facts.length > 0 ? facts.join(" · ") : name === null ? botId : sessionId}
        </p>
      </div>
      {ChatMenu ? (
        <ChatMenu botId={botId} sessionId={sessionId} chat={chat} trigger={trigger}>
          {dots}
        </ChatMenu>
      ) : (
        <IconButton label={say("ui.more")} aria-haspopup="menu" onClick={() => setMenu(true)}>
          {dots}
        </IconButton>
      )}
    </header>
  );
};
