import type { SystemInfo } from "@steward/contract/health";
import { Circle, CircleCheck } from "lucide-react";
import { useBots, usePeople } from "../../api/access.ts";
import { type TextKey, useSay } from "../../texts/texts.tsx";
import { Card } from "../../ui/card.tsx";

interface Step {
  done: boolean;
  title: TextKey;
  how: TextKey;
}

/** What makes a new Steward whole. Each step turns green when it is done, and all of it goes when the needed ones are. */
export const FirstSteps = ({ system }: { system: SystemInfo }) => {
  const say = useSay();
  const bots = useBots();
  const people = usePeople();
  if (!bots.data || !people.data) return null;
  const steps: Step[] = [
    {
      done: system.mode === "live" && system.cli.login !== null,
      title: "steps.login",
      how: "steps.login_how",
    },
    {
      done: bots.data.some(({ kind, state }) => kind === "telegram" && state === "polling"),
      title: "steps.telegram",
      how: "steps.telegram_how",
    },
    { done: people.data.length > 0, title: "steps.pair", how: "steps.pair_how" },
    { done: system.sandbox.active, title: "steps.sandbox", how: "steps.sandbox_how" },
    { done: Boolean(system.embedding?.embedder), title: "steps.embedder", how: "steps.embedder_how" },
  ];
  const needed = steps.slice(0, 3);
  if (needed.every(({ done }) => done)) return null;
  return (
    <Card
      title={say("steps.title")}
      aside={
        <span className="text-xs text-soft tabular-nums">
          {steps.filter(({ done }) => done).length} / {steps.length}
        </span>
      }
      flush
    >
      <ol className="divide-y divide-line">
        {steps.map(({ done, title, how }) => (
          <li key={title} className="flex gap-3 px-4 py-3 text-sm">
            {done ? (
              <CircleCheck className="mt-0.5 size-4 shrink-0 text-good" aria-label={say("steps.done")} />
            ) : (
              <Circle className="mt-0.5 size-4 shrink-0 text-faint" aria-label={say("steps.open")} />
            )}
            <div className="min-w-0">
              <p className="font-medium">{say(title)}</p>
              {!done && <p className="mt-0.5 text-xs text-soft">{say(how)}</p>}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
};
