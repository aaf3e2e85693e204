import { legacySessionId } from "@steward/contract/ids";
import type { SessionInfo } from "@steward/contract/sessions";
import { Link } from "@tanstack/react-router";
import { Moon, Square } from "lucide-react";
import { useChatNames } from "../../api/chat-names.ts";
import { chatKey, isAwake, useSessions, useStop } from "../../api/chats.ts";
import { useLiveTurns } from "../../live/live-provider.tsx";
import type { LiveTurn } from "../../live/turn-state.ts";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { formatBytes } from "../../ui/amounts.ts";
import { Badge, type Tone } from "../../ui/badge.tsx";
import { IconButton } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Ago, Elapsed } from "../../ui/times.tsx";

const TONES: Record<SessionInfo["state"], Tone> = {
  idle: "neutral",
  suspended: "neutral",
  spawning: "warn",
  resuming: "warn",
  running: "accent",
  ready: "good",
  stopping: "warn",
};

/** The chats that have something to do, or a process that is still warm. */
export const RunningCard = () => {
  const say = useSay();
  const sessions = useSessions();
  const turns = useLiveTurns();
  return (
    <Card title={say("home.running")} flush>
      <Loaded query={sessions}>
        {(all) => {
          const awake = all.filter(isAwake);
          if (awake.length === 0) {
            return (
              <EmptyState icon={Moon} title={say("home.nothing_runs")}>
                {say("home.nothing_runs_text")}
              </EmptyState>
            );
          }
          return (
            <ul className="divide-y divide-line">
              {awake.map((session) => (
                <Session
                  key={chatKey(session)}
                  session={session}
                  turn={turns.find(({ turnId }) => turnId === session.runningTurnId) ?? null}
                />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Card>
  );
};

const Session = ({ session, turn }: { session: SessionInfo; turn: LiveTurn | null }) => {
  const say = useSay();
  const { language } = useLanguage();
  const names = useChatNames();
  const stop = useStop();
  const tool = turn?.tools.findLast(({ finished }) => !finished);
  const sessionId = legacySessionId(session);
  const turnId = session.runningTurnId;
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <div className="min-w-0 grow">
        <div className="flex min-w-0 items-center gap-2">
          <Link
            to="/chats/$botId/$sessionId"
            params={{ botId: session.botId, sessionId }}
            className="truncate text-sm font-medium hover:underline"
          >
            {names(session)}
          </Link>
          <Badge tone={TONES[session.state]}>{say(`session.${session.state}`)}</Badge>
        </div>
        <p className="mt-0.5 truncate text-xs text-soft">
          {tool ? <code className="font-mono">{`${tool.name} ${tool.summary}`}</code> : session.model}
          {session.waiting > 0 && ` · ${say("home.waiting", { count: session.waiting })}`}
          {session.usage && ` · ${formatBytes(session.usage.rssBytes, language)}`}
        </p>
      </div>
      <span className="shrink-0 text-xs text-soft">
        {turn?.startedAt ? (
          <Elapsed since={turn.startedAt} />
        ) : (
          session.lastActiveAt !== null && <Ago at={session.lastActiveAt} />
        )}
      </span>
      {turnId !== null && (
        <IconButton
          label={say("home.stop", { chat: names(session) })}
          disabled={stop.isPending}
          onClick={() => stop.mutate({ ...session, turnId })}
        >
          <Square className="size-4" aria-hidden />
        </IconButton>
      )}
    </li>
  );
};
