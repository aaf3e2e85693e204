import { Link } from "@tanstack/react-router";
import { ShieldCheck } from "lucide-react";
import { usePendingApprovals } from "../../api/approvals.ts";
import { useSay } from "../../texts/texts.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Ago } from "../../ui/times.tsx";

const SHOWN = 4;

/** What waits for an answer. */
export const ApprovalsCard = () => {
  const say = useSay();
  const pending = usePendingApprovals();
  return (
    <Card
      title={say("home.approvals")}
      aside={
        <Link to="/approvals" className="text-xs font-medium text-accent-ink hover:underline">
          {say("ui.all")}
        </Link>
      }
      flush
    >
      <Loaded query={pending} lines={1}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon={ShieldCheck} title={say("home.no_approvals")} />
          ) : (
            <ul className="divide-y divide-line">
              {all.slice(0, SHOWN).map((approval) => (
                <li key={approval.id}>
                  <Link
                    to="/approvals"
                    className="flex items-baseline gap-3 px-4 py-3 text-sm hover:bg-hover"
                  >
                    <span className="shrink-0 font-medium">{approval.toolName}</span>
                    <code className="min-w-0 grow truncate font-mono text-xs text-soft">
                      {approval.summary}
                    </code>
                    <span className="shrink-0 text-xs text-soft">
                      <Ago at={approval.createdAt} />
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
};
