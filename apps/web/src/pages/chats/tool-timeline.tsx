import { Check, ChevronRight, LoaderCircle, X } from "lucide-react";
import type { ToolCall } from "../../live/turn-state.ts";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { formatDuration } from "../../ui/times.tsx";

/** Up to so many stand open; of more the first ones are folded. */
const OPEN = 6;

/** What the agent has done, step by step; what a sub-agent did stands under its call. */
export const ToolTimeline = ({ tools }: { tools: readonly ToolCall[] }) => {
  const say = useSay();
  const early = tools.slice(0, -OPEN);
  return (
    <div className="grid grid-cols-1 gap-1 text-[13px]">
      {early.length > 0 && (
        <details>
          <summary className="cursor-pointer text-soft">
            {say("chat.earlier_steps", { count: early.length })}
          </summary>
          <Steps tools={early} />
        </details>
      )}
      <Steps tools={tools.slice(-OPEN)} />
    </div>
  );
};

const Steps = ({ tools }: { tools: readonly ToolCall[] }) => (
  <ol className="grid grid-cols-1 gap-1">
    {tools.map((tool) => (
      <Step key={tool.toolUseId} tool={tool} />
    ))}
  </ol>
);

const Step = ({ tool }: { tool: ToolCall }) => {
  const say = useSay();
  const { language } = useLanguage();
  return (
    <li className="flex min-w-0 items-center gap-2 text-soft" data-nested={tool.parentToolUseId !== null}>
      {tool.parentToolUseId !== null && <ChevronRight className="size-3.5 shrink-0 text-faint" aria-hidden />}
      {!tool.finished ? (
        <LoaderCircle
          className="size-3.5 shrink-0 animate-spin text-accent-ink"
          aria-label={say("chat.tool_runs")}
        />
      ) : tool.isError ? (
        <X className="size-3.5 shrink-0 text-bad" aria-label={say("chat.tool_failed")} />
      ) : (
        <Check className="size-3.5 shrink-0 text-good" aria-label={say("chat.tool_done")} />
      )}
      <span className="shrink-0 font-medium text-ink">{tool.name}</span>
      <code className="min-w-0 truncate font-mono text-xs" title={tool.summary}>
        {tool.summary}
      </code>
      {tool.durationMs !== null && tool.durationMs >= 1_000 && (
        <span className="ml-auto shrink-0 text-xs text-faint">
          {formatDuration(tool.durationMs, language)}
        </span>
      )}
    </li>
  );
};
