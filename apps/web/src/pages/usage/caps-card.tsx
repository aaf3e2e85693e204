import { usePolicies } from "../../api/policies.ts";
import { type UsageScope, useUsage } from "../../api/usage.ts";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { formatUsd } from "../../ui/amounts.ts";
import { Card } from "../../ui/card.tsx";
import { LimitMeter } from "../../ui/limit-meter.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { PolicyField } from "../settings/policies/policy-field.tsx";

const CAPS = ["maxUsdPerDay", "maxUsdPerTurn", "maxTurnsPerMinute", "maxTurnsPerHour"] as const;
const OF_SCOPE = { global: 0, bot: 1, chat: 2 } as const;

/** What may be spent, how much of it is, and where it is set. */
export const CapsCard = ({ scope }: { scope: UsageScope }) => {
  const say = useSay();
  const policies = usePolicies(scope);
  return (
    <Card title={say("usage.caps")} flush>
      <Loaded query={policies}>
        {(all) => {
          const daily = all.find(({ name }) => name === "maxUsdPerDay");
          return (
            <>
              {typeof daily?.value === "number" && (
                <Spent cap={daily.value} scope={scopeOf(daily.from, scope)} />
              )}
              <ul className="divide-y divide-line">
                {CAPS.map((name) => {
                  const policy = all.find((each) => each.name === name);
                  return (
                    policy && (
                      <PolicyField
                        key={`${JSON.stringify(scope)} ${name}`}
                        name={name}
                        policy={policy}
                        scope={scope}
                      />
                    )
                  );
                })}
              </ul>
            </>
          );
        }}
      </Loaded>
    </Card>
  );
};

/** A cap binds what the scope that has set it has spent: a chat's page shows a cap of everything against everything. */
const scopeOf = (from: string, { botId, ...chat }: UsageScope): UsageScope => {
  const level = from === "bot" || from === "chat" ? OF_SCOPE[from] : OF_SCOPE.global;
  return { ...(level >= OF_SCOPE.bot && { botId }), ...(level >= OF_SCOPE.chat && chat) };
};

const Spent = ({ cap, scope }: { cap: number; scope: UsageScope }) => {
  const say = useSay();
  const { language } = useLanguage();
  const today = useUsage("day", 1, scope);
  if (!today.data) return null;
  const spent = today.data.total.costUsd;
  const text = say("usage.spent_today", { spent: formatUsd(spent, language), cap: formatUsd(cap, language) });
  return (
    <div className="border-b border-line px-4 py-3">
      <p className="text-sm tabular-nums">{text}</p>
      <LimitMeter part={spent / cap} label={text} className="mt-2" />
    </div>
  );
};
