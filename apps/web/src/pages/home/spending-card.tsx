import { Meter } from "@base-ui/react/meter";
import { listPolicies } from "@steward/contract/policies";
import { getUsage } from "@steward/contract/usage";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import { queryKey } from "../../api/keys.ts";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { formatCount, formatUsd } from "../../ui/amounts.ts";
import { Card } from "../../ui/card.tsx";
import { classes } from "../../ui/classes.ts";
import { Loaded } from "../../ui/loaded.tsx";

/** The day begins where the caps begin it: UTC. */
const today = (): number => new Date().setUTCHours(0, 0, 0, 0);

/** Today's cost, against what it may cost. */
export const SpendingCard = () => {
  const say = useSay();
  const { language } = useLanguage();
  const usage = useQuery({
    // What is said costs: it is old when something was said.
    queryKey: queryKey("history", "usage", "today"),
    queryFn: ({ signal }) => api.call(getUsage, { query: { from: today() }, signal }),
  });
  const cap = useQuery({
    queryKey: queryKey("policies", "global"),
    queryFn: ({ signal }) => api.call(listPolicies, { signal }),
    select: (policies) => policies.find(({ name }) => name === "maxUsdPerDay")?.value,
  });
  const limit = typeof cap.data === "number" ? cap.data : null;
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
            {limit !== null && <Limit part={total.costUsd / limit} label={say("home.today")} />}
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

const Limit = ({ part, label }: { part: number; label: string }) => (
  <Meter.Root value={Math.min(100, Math.round(part * 100))} aria-label={label} className="mt-3">
    <Meter.Track className="h-2 overflow-hidden rounded-full bg-hover">
      <Meter.Indicator
        className={classes(
          "h-full rounded-full",
          part >= 0.9 ? "bg-bad" : part >= 0.7 ? "bg-warn" : "bg-accent",
        )}
      />
    </Meter.Track>
  </Meter.Root>
);
