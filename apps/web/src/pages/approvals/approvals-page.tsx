import type { Approval } from "@steward/contract/approvals";
import { legacySessionId } from "@steward/contract/ids";
import { Link } from "@tanstack/react-router";
import { ShieldCheck } from "lucide-react";
import { usePendingApprovals, useSettledApprovals } from "../../api/approvals.ts";
import { useChatNames } from "../../api/chat-names.ts";
import { ApprovalCard } from "../../approvals/approval-card.tsx";
import { useSay } from "../../texts/texts.tsx";
import { Badge, type Tone } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Page } from "../../ui/page.tsx";
import { Ago } from "../../ui/times.tsx";

/** Everything that waits for an answer, whichever chat it comes from; and what was answered lately. */
export const ApprovalsPage = () => {
  const say = useSay();
  const pending = usePendingApprovals();
  return (
    <Page title={say("nav.approvals")} description={say("approval.about")}>
      <Loaded query={pending}>
        {(all) =>
          all.length === 0 ? (
            <Card flush>
              <EmptyState icon={ShieldCheck} title={say("home.no_approvals")}>
                {say("approval.none_text")}
              </EmptyState>
            </Card>
          ) : (
            <ul className="grid grid-cols-1 gap-4">
              {all.map((approval) => (
                <li key={approval.id}>
                  <ApprovalCard
                    approval={{ ...approval, approvalId: approval.id }}
                    where={<Where approval={approval} />}
                  />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <Settled />
    </Page>
  );
};

const Where = ({ approval }: { approval: Approval }) => {
  const names = useChatNames();
  return (
    <Link
      to="/chats/$botId/$sessionId"
      params={{ botId: approval.botId, sessionId: legacySessionId(approval) }}
      className="min-w-0 truncate text-accent-ink hover:underline"
    >
      {names(approval)}
    </Link>
  );
};

const SHOWN = 20;

const Settled = () => {
  const say = useSay();
  const settled = useSettledApprovals();
  const latest =
    settled.data
      ?.filter(({ state }) => state !== "pending")
      .slice(-SHOWN)
      .reverse() ?? [];
  if (latest.length === 0) return null;
  return (
    <Card title={say("approval.settled")} flush>
      <ul className="divide-y divide-line">
        {latest.map((approval) => (
          <li key={approval.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-sm">
            <Badge tone={toneOf(approval)}>{say(`approval.state_${approval.state}`)}</Badge>
            <span className="font-medium">{approval.toolName}</span>
            <code className="min-w-0 grow basis-40 truncate font-mono text-xs text-soft">
              {approval.summary}
            </code>
            <span className="text-xs text-soft">
              {approval.decidedBy !== null && `${approval.decidedBy} · `}
              {approval.decidedAt !== null && <Ago at={approval.decidedAt} />}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
};

const toneOf = ({ state }: Approval): Tone => {
  if (state === "allowed") return "good";
  return state === "denied" ? "bad" : "neutral";
};
