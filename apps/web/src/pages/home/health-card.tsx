import type { SystemInfo } from "@steward/contract/health";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useSay } from "../../texts/texts.tsx";
import { Card } from "../../ui/card.tsx";
import { Ago } from "../../ui/times.tsx";
import { type Finding, findHealth } from "./health.ts";

const ICONS = {
  good: <CircleCheck className="mt-0.5 size-4 shrink-0 text-good" aria-hidden />,
  warn: <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden />,
  bad: <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />,
};

/** What the service says of itself, the worst first, each with what to do about it. */
export const HealthCard = ({ system }: { system: SystemInfo }) => {
  const say = useSay();
  return (
    <Card
      title={say("home.health")}
      aside={<span className="text-xs text-soft">{say("home.version", { version: system.version })}</span>}
      flush
    >
      <ul className="divide-y divide-line">
        {findHealth(system, say).map((finding) => (
          <HealthLine key={finding.what} finding={finding} />
        ))}
      </ul>
      <p className="border-t border-line px-4 py-2.5 text-xs text-soft">
        {say("home.up_since")} <Ago at={system.startedAt} /> ·{" "}
        <code className="font-mono">steward doctor</code>
      </p>
    </Card>
  );
};

const HealthLine = ({ finding }: { finding: Finding }) => (
  <li className="flex gap-3 px-4 py-2.5 text-sm">
    {ICONS[finding.tone]}
    <div className="min-w-0">
      <p className="font-medium">{finding.what}</p>
      <p className="text-xs break-words text-soft">{finding.detail}</p>
    </div>
  </li>
);
