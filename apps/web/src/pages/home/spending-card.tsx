import { Link } from "@tanstack/react-router";
import { usePolicies } from "../../api/policies.ts";
import { useUsage } from "../../api/usage.ts";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { formatCount, formatUsd } from "../../ui/amounts.ts";
import { Card } from "../../ui/card.tsx";
import { LimitMeter } from "../../ui/limit-meter.tsx";
import { Loaded } from "../../ui/loaded.tsx";

/** Today's cost, against what it may cost. */
export const SpendingCard = () => {
  const say = useSay();
  const { language } = useLanguage();
  const usage = useUsage("day", 1, {});
  const policies = usePolicies({});
  const cap = policies.data?.find(({ name }) => name === "maxUsdPerDay")?.value;
  const limit = typeof cap === "number" ? cap : null;
  return (
    <Card
      title={say("home.today")}
      aside={
        <Link to="/usage" className="text-xs font-medium text-accent-ink hover:underline">
          {say("nav.usage")}
        </Link>
      }
    >
      <Loaded query={usage} lines={2}>
        {({ total }) => (
          <>
            <p className="text-2xl font-semibold tracking-tight tabular-nums">
              {formatUsd(total.costUsd, language)}
              <span className="ml-2 text-sm font-normal text-soft">
                {limit === null
                  ? say("home.no_cap")
                  : say("home.of_cap", { cap: formatUsd(limit, language) })}
              </span>
            </p>
            {limit !== null && (
              <LimitMeter part={total.costUsd / limit} label={say("home.today")} className="mt-3" />
            )}
            <p className="mt-2 text-xs text-soft">
              {say("home.today_turns", {
                turns: formatCount(total.turns, language),
                tokens: formatCount(
                  total.inputTokens + total.outputTokens + total.cacheReadTokens + total.cacheCreationTokens,
                  language,
                ),
              })}
            </p>
          </>
        )}
      </Loaded>
    </Card>
  );
};
