import { releaseQueue } from "@steward/contract/chats";
import { advanceTurn, dropTurn } from "@steward/contract/queue";
import { LoaderCircle, Play, Square, Trash2 } from "lucide-react";
import { useStop } from "../../api/chats.ts";
import { api } from "../../api/client.ts";
import { useAction } from "../../api/use-action.ts";
import { ApprovalCard } from "../../approvals/approval-card.tsx";
import type { LiveTurn } from "../../live/turn-state.ts";
import { Markdown } from "../../markdown/markdown.tsx";
import { useSay } from "../../texts/texts.tsx";
import { Button } from "../../ui/button.tsx";
import { Elapsed } from "../../ui/times.tsx";
import { Files, MessageFrame } from "./message-frame.tsx";
import { Thinking } from "./thinking.tsx";
import { ToolTimeline } from "./tool-timeline.tsx";

/** A turn while it waits and runs: what it does, what it has said so far, what it asks. */
export const LiveAnswer = ({ turn }: { turn: LiveTurn }) => (
  <MessageFrame own={false}>
    <div className="grid grid-cols-1 gap-2.5">
      {turn.thinking !== "" && <Thinking text={turn.thinking} />}
      {turn.tools.length > 0 && <ToolTimeline tools={turn.tools} />}
      {turn.text !== "" && <Markdown text={turn.text} />}
      {turn.approvals.map((approval) => (
        <ApprovalCard key={approval.approvalId} approval={approval} />
      ))}
      <Files files={turn.end?.files ?? []} />
      {turn.phase === "waiting" && <Waiting turn={turn} />}
      {turn.phase === "running" && <Running turn={turn} />}
    </div>
  </MessageFrame>
);

const Running = ({ turn }: { turn: LiveTurn }) => {
  const say = useSay();
  const stop = useStop();
  const doing =
    turn.doing === null
      ? say(turn.approvals.length > 0 ? "chat.asks" : "chat.works")
      : turn.doing === "compacting"
        ? say("chat.compacting")
        : say("chat.retrying", { attempt: turn.doing.attempt, most: turn.doing.maxRetries });
  return (
    <div className="flex flex-wrap items-center gap-2 text-sm text-soft">
      <LoaderCircle className="size-4 animate-spin text-accent-ink" aria-hidden />
      <span role="status">{doing}</span>
      {turn.startedAt !== null && <Elapsed since={turn.startedAt} />}
      <Button
        size="small"
        disabled={stop.isPending}
        onClick={() => stop.mutate({ ...turn.chat, turnId: turn.turnId })}
      >
        <Square className="size-3.5" aria-hidden />
        {say("chat.stop")}
      </Button>
    </div>
  );
};

const Waiting = ({ turn }: { turn: LiveTurn }) => {
  const say = useSay();
  const { turnId } = turn;
  const run = useAction(() => api.call(releaseQueue, { body: { ...turn.chat, action: "run" } }));
  const advance = useAction(() => api.call(advanceTurn, { params: { turnId }, body: turn.chat }));
  const drop = useAction(() => api.call(dropTurn, { params: { turnId }, body: turn.chat }));
  const why = turn.hold
    ? say(`hold.${turn.hold.kind}`)
    : turn.held
      ? say("chat.held")
      : turn.queuePosition === null
        ? say("chat.starts")
        : say("chat.queued", { place: turn.queuePosition });
  return (
    <div className="flex flex-wrap items-center gap-2 text-sm text-soft">
      <span role="status">{why}</span>
      {turn.held ? (
        <Button size="small" disabled={run.isPending} onClick={() => run.mutate(undefined)}>
          <Play className="size-3.5" aria-hidden />
          {say("chat.run")}
        </Button>
      ) : (
        turn.queuePosition !== null && (
          <Button size="small" disabled={advance.isPending} onClick={() => advance.mutate(undefined)}>
            <Play className="size-3.5" aria-hidden />
            {say("chat.now")}
          </Button>
        )
      )}
      <Button size="small" look="quiet" disabled={drop.isPending} onClick={() => drop.mutate(undefined)}>
        <Trash2 className="size-3.5" aria-hidden />
        {say("ui.cancel")}
      </Button>
    </div>
  );
};
