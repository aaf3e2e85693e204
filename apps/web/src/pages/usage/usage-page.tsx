import { useNavigate, useSearch } from "@tanstack/react-router";
import { ChartColumn } from "lucide-react";
import { useUsage } from "../../api/usage.ts";
import { useSay } from "../../texts/texts.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Page } from "../../ui/page.tsx";
import { Select } from "../../ui/select.tsx";
import { ScopeChoice } from "../settings/policies/scope-choice.tsx";
import { Breakdown } from "./breakdown.tsx";
import { CapsCard } from "./caps-card.tsx";
import { DaysCard } from "./days-card.tsx";
import { Totals } from "./totals.tsx";

const RANGES = ["7", "30", "90"] as const;

/** What was used, by day, model and chat, and what may be. */
export const UsagePage = () => {
  const say = useSay();
  const navigate = useNavigate({ from: "/usage" });
  const { days = 30, bot, chat, thread } = useSearch({ from: "/usage" });
  const scope = { botId: bot, chatId: chat, threadId: chat === undefined ? undefined : (thread ?? "") };
  const usage = useUsage("day", days, scope);
  return (
    <Page
      title={say("nav.usage")}
      description={say("usage.about")}
      actions={
        <Select
          aria-label={say("usage.range")}
          value={String(days) as (typeof RANGES)[number]}
          options={RANGES.map((value) => ({ value, text: say("usage.last_days", { count: value }) }))}
          choose={(value) =>
            void navigate({
              search: (before) => ({ ...before, days: value === "30" ? undefined : Number(value) }),
            })
          }
        />
      }
    >
      <ScopeChoice
        label={say("usage.of")}
        chosen={{ bot, chat, thread }}
        choose={(next) => void navigate({ search: (before) => ({ days: before.days, ...next }) })}
      />
      <Loaded query={usage} lines={8}>
        {(data) =>
          data.total.turns === 0 && data.total.costUsd === 0 ? (
            <Card>
              <EmptyState icon={ChartColumn} title={say("usage.nothing")}>
                {say("usage.nothing_text")}
              </EmptyState>
            </Card>
          ) : (
            <>
              <Totals total={data.total} />
              <DaysCard usage={data} />
              <div className="grid min-w-0 items-start gap-4 lg:grid-cols-2">
                <Breakdown by="model" days={days} scope={scope} />
                <Breakdown by="chat" days={days} scope={scope} />
              </div>
            </>
          )
        }
      </Loaded>
      <CapsCard scope={scope} />
    </Page>
  );
};
