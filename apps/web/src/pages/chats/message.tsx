import type { HistoryMessage } from "@steward/contract/history";
import { BookMarked, ListTree, RotateCcw } from "lucide-react";
import { memo, useState } from "react";
import { useRetry } from "../../api/turns.ts";
import { Markdown } from "../../markdown/markdown.tsx";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { formatUsd } from "../../ui/amounts.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { formatDuration } from "../../ui/times.tsx";
import { Files, MessageFrame } from "./message-frame.tsx";
import { TurnSteps, TurnWhy } from "./turn-details.tsx";

/** One message of the history. An answer tells how it came about. */
export const Message = memo(({ message, isFound }: { message: HistoryMessage; isFound: boolean }) => {
  const { language } = useLanguage();
  const own = message.role === "user";
  const time = new Date(message.at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  return (
    <MessageFrame own={own} found={isFound}>
      {own ? (
        <p className="whitespace-pre-wrap wrap-anywhere">{message.text}</p>
      ) : (
        <Markdown text={message.text} />
      )}
      <Files files={message.files} />
      {own ? (
        <p className="mt-1 text-right text-xs text-soft">
          {message.userName !== null && `${message.userName} · `}
          {message.source} · <time dateTime={new Date(message.at).toISOString()}>{time}</time>
        </p>
      ) : (
        <Footer message={message} time={time} />
      )}
    </MessageFrame>
  );
});

const Footer = ({ message, time }: { message: HistoryMessage; time: string }) => {
  const say = useSay();
  const { language } = useLanguage();
  const [open, setOpen] = useState<"steps" | "why" | null>(null);
  const retry = useRetry();
  const { turn, turnId } = message;
  const facts = [
    time,
    turn?.model,
    turn?.costUsd != null ? formatUsd(turn.costUsd, language) : null,
    turn?.durationMs != null ? formatDuration(turn.durationMs, language) : null,
  ];
  const toggle = (which: "steps" | "why") => () => setOpen((before) => (before === which ? null : which));
  return (
    <div className="mt-1.5">
      <div className="flex flex-wrap items-center gap-x-2 text-xs text-soft">
        {turn && turn.state !== "done" && turn.state !== "delivering" && turn.state !== "result_saved" && (
          <Badge tone="warn">{say(`turn.${turn.state}`)}</Badge>
        )}
        <span>{facts.filter(Boolean).join(" · ")}</span>
        {turnId !== null && (
          <span className="flex flex-wrap items-center">
            <Button look="quiet" size="small" aria-expanded={open === "steps"} onClick={toggle("steps")}>
              <ListTree className="size-3.5" aria-hidden />
              {say("chat.steps", { count: turn?.tools ?? 0 })}
            </Button>
            <Button look="quiet" size="small" aria-expanded={open === "why"} onClick={toggle("why")}>
              <BookMarked className="size-3.5" aria-hidden />
              {say("chat.why")}
            </Button>
            <Button
              look="quiet"
              size="small"
              disabled={retry.isPending}
              onClick={() => retry.mutate({ turnId, mode: "retry" })}
            >
              <RotateCcw className="size-3.5" aria-hidden />
              {say("chat.retry")}
            </Button>
          </span>
        )}
      </div>
      {turnId !== null && open === "steps" && <TurnSteps turnId={turnId} />}
      {turnId !== null && open === "why" && <TurnWhy turnId={turnId} />}
    </div>
  );
};
