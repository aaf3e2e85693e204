import type { HistorySession } from "@steward/contract/history";
import { Link } from "@tanstack/react-router";
import { LoaderCircle, MessagesSquare, SquarePen } from "lucide-react";
import { useState } from "react";
import { chatName } from "../../api/chat-names.ts";
import { useHistorySessions } from "../../api/history.ts";
import { useLiveTurns } from "../../live/live-provider.tsx";
import type { LiveTurn } from "../../live/turn-state.ts";
import { useSay } from "../../texts/texts.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Input } from "../../ui/field.tsx";
import { LoadMore } from "../../ui/load-more.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Ago } from "../../ui/times.tsx";
import { newChatSession, WEB_BOT } from "./chat-address.ts";
import { useSeen } from "./seen.ts";

/** All chats of all bots and doors, the latest first, with what runs and what is new. */
export const ChatList = () => {
  const say = useSay();
  const sessions = useHistorySessions();
  const turns = useLiveTurns();
  const [words, setWords] = useState("");
  const wanted = words.trim().toLowerCase();
  const shown = (sessions.data ?? []).filter((session) =>
    `${chatName(session)} ${session.botId} ${session.last.text}`.toLowerCase().includes(wanted),
  );
  return (
    <div className="flex min-h-0 flex-col md:h-full">
      <div className="flex items-center gap-2 border-b border-line p-3">
        <Input
          type="search"
          value={words}
          aria-label={say("chat.filter")}
          placeholder={say("chat.filter")}
          onChange={({ target }) => setWords(target.value)}
        />
        <Link
          to="/chats/$botId/$sessionId"
          params={() => ({ botId: WEB_BOT, sessionId: newChatSession(Date.now()) })}
          aria-label={say("chat.new_chat")}
          title={say("chat.new_chat")}
          className="grid size-9 shrink-0 place-items-center rounded-lg bg-accent text-on-accent hover:brightness-110"
        >
          <SquarePen className="size-4" aria-hidden />
        </Link>
      </div>
      <nav aria-label={say("nav.chats")} className="min-h-0 grow overflow-y-auto">
        {sessions.isPending && <Skeleton lines={6} />}
        {sessions.data && shown.length === 0 && (
          <EmptyState icon={MessagesSquare} title={say(wanted ? "chat.no_match" : "chat.none")}>
            {!wanted && say("chat.none_text")}
          </EmptyState>
        )}
        <ul className="divide-y divide-line">
          {shown.map((session) => (
            <Entry
              key={`${session.botId} ${session.sessionId}`}
              session={session}
              turn={turns.find((turn) => isOf(turn, session) && turn.phase !== "ended") ?? null}
            />
          ))}
        </ul>
        <LoadMore query={sessions}>{say("chat.more_chats")}</LoadMore>
      </nav>
    </div>
  );
};

const isOf = ({ chat }: LiveTurn, session: HistorySession): boolean =>
  chat.botId === session.botId &&
  chat.chatId === session.chat?.chatId &&
  chat.threadId === session.chat.threadId;

const Entry = ({ session, turn }: { session: HistorySession; turn: LiveTurn | null }) => {
  const say = useSay();
  const { isNew } = useSeen(session);
  return (
    <li>
      <Link
        to="/chats/$botId/$sessionId"
        params={{ botId: session.botId, sessionId: session.sessionId }}
        className="grid grid-cols-1 gap-0.5 px-4 py-2.5 hover:bg-hover data-[status=active]:bg-accent-soft"
      >
        <span className="flex items-center gap-2">
          <span className={`min-w-0 grow truncate text-sm ${isNew ? "font-semibold" : "font-medium"}`}>
            {chatName(session)}
          </span>
          {turn && (
            <LoaderCircle
              className="size-3.5 shrink-0 animate-spin text-accent-ink"
              aria-label={say("chat.works")}
            />
          )}
          {isNew && !turn && (
            <span
              className="size-2 shrink-0 rounded-full bg-accent"
              role="img"
              aria-label={say("chat.unread")}
            />
          )}
          <span className="shrink-0 text-xs text-soft">
            <Ago at={session.lastMessageAt} />
          </span>
        </span>
        <span className="truncate text-[13px] text-soft">{session.last.text}</span>
      </Link>
    </li>
  );
};
