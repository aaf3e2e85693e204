import { useParams, useSearch } from "@tanstack/react-router";
import { MessagesSquare } from "lucide-react";
import { useSay } from "../../texts/texts.tsx";
import { classes } from "../../ui/classes.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { usePageTitle } from "../../ui/page.tsx";
import { ChatList } from "./chat-list.tsx";
import { ChatView } from "./chat-view.tsx";

/** The chats on the left, the one that was chosen on the right; on a phone one or the other. */
export const ChatsPage = () => {
  const say = useSay();
  const { botId, sessionId } = useParams({ strict: false });
  const { at } = useSearch({ strict: false });
  usePageTitle(say("nav.chats"));
  const isOpen = botId !== undefined && sessionId !== undefined;
  return (
    <div className="md:min-h-0 md:flex-1 lg:grid lg:grid-cols-[19rem_minmax(0,1fr)] lg:grid-rows-[minmax(0,1fr)] lg:overflow-hidden">
      <h1 className="sr-only">{say("nav.chats")}</h1>
      <div
        className={classes(
          "min-h-0 border-line bg-surface md:h-full lg:block lg:border-r",
          isOpen && "hidden",
        )}
      >
        <ChatList />
      </div>
      {isOpen ? (
        <div className="h-[calc(100dvh-3.5rem-env(safe-area-inset-bottom))] min-h-0 md:h-full">
          <ChatView
            key={`${botId} ${sessionId} ${at ?? ""}`}
            botId={botId}
            sessionId={sessionId}
            at={at ?? null}
          />
        </div>
      ) : (
        <div className="hidden place-content-center lg:grid">
          <EmptyState icon={MessagesSquare} title={say("chat.choose")} />
        </div>
      )}
    </div>
  );
};
