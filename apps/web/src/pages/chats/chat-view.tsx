import { Link } from "@tanstack/react-router";
import { MessageCircle, MessageCircleX } from "lucide-react";
import { useEffect, useMemo } from "react";
import { chatKey } from "../../api/chats.ts";
import { useLiveStore, useLiveTurns } from "../../live/live-provider.tsx";
import type { LiveTurn } from "../../live/turn-state.ts";
import { useSay } from "../../texts/texts.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { useErrorText } from "../../ui/loaded.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useToasts } from "../../ui/toasts.tsx";
import { chatOfSession } from "./chat-address.ts";
import { ChatHeader } from "./chat-header.tsx";
import { allMessages } from "./chat-pages.ts";
import { Composer } from "./composer.tsx";
import { HistoryView } from "./history-view.tsx";
import { markSeen } from "./seen.ts";
import { useChatMessages } from "./use-chat-messages.ts";
import { useToldEnds } from "./use-told-ends.ts";

/** One chat: what was said, what is being said, and where one writes. Keyed by its session. */
export const ChatView = ({
  botId,
  sessionId,
  at,
}: {
  botId: string;
  sessionId: string;
  at: number | null;
}) => {
  const say = useSay();
  const chat = chatOfSession(botId, sessionId);
  const history = useChatMessages(botId, sessionId, at);
  const error = useErrorText(history.error);
  const store = useLiveStore();
  const live = useLiveTurns();
  const messages = useMemo(() => (history.pages ? allMessages(history.pages) : []), [history.pages]);
  const toasts = useToasts();
  const { isStartGone } = history;
  useEffect(() => {
    if (isStartGone) toasts.tell(say("chat.message_gone"));
  }, [isStartGone, toasts]);
  const last = messages.at(-1)?.at;
  useEffect(() => {
    const seen = (): void => {
      if (last !== undefined && !document.hidden) markSeen({ botId, sessionId }, last);
    };
    seen();
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, [botId, sessionId, last]);
  // What has ended is shown from the history, once it is there.
  useEffect(() => {
    store.forget(
      messages.flatMap(({ role, turnId }) => (role === "assistant" && turnId !== null ? [turnId] : [])),
    );
  }, [messages, store]);

  const key = chat === null ? null : chatKey(chat);
  const answered = new Set(
    messages.flatMap(({ role, turnId }) => (role === "assistant" && turnId !== null ? [turnId] : [])),
  );
  // An ended turn that something newer follows is in the history, further up, or was deleted there.
  const isOver = ({ end }: LiveTurn): boolean => end !== null && last !== undefined && end.at < last;
  const own = live.filter(({ chat: of }) => chatKey(of) === key);
  useToldEnds(own);
  const turns = own.filter((turn) => !answered.has(turn.turnId) && !isOver(turn));
  return (
    <div className="flex h-full min-h-0 flex-col">
      <ChatHeader botId={botId} sessionId={sessionId} chat={chat} />
      {error !== "" ? (
        <div role="alert" className="grid grow content-start justify-items-start gap-3 p-6 text-sm text-soft">
          <p>{error}</p>
          <Button size="small" onClick={history.retry}>
            {say("ui.try_again")}
          </Button>
        </div>
      ) : history.pages === null ? (
        <div className="grow">
          <Skeleton lines={8} />
        </div>
      ) : history.isEmpty && turns.length === 0 ? (
        <div className="grid grow place-content-center">
          {history.isGone ? <Gone canGoOn={chat !== null} /> : <Begin />}
        </div>
      ) : (
        <HistoryView history={history} turns={turns} at={at} />
      )}
      {chat && <Composer chat={chat} isTelegram={/^\d+$/.test(botId)} />}
    </div>
  );
};

const Begin = () => {
  const say = useSay();
  return (
    <EmptyState icon={MessageCircle} title={say("chat.begin")}>
      {say("chat.begin_text")}
    </EmptyState>
  );
};

/** @param canGoOn it is a chat of ours: a message begins it anew */
const Gone = ({ canGoOn }: { canGoOn: boolean }) => {
  const say = useSay();
  return (
    <div role="status">
      <EmptyState icon={MessageCircleX} title={say("chat.gone")}>
        {canGoOn && <p className="mb-3">{say("chat.gone_text")}</p>}
        <Link to="/chats" className="font-medium text-accent-ink hover:underline">
          {say("chat.all")}
        </Link>
      </EmptyState>
    </div>
  );
};
