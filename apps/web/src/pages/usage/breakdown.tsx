import type { UsageRow } from "@steward/contract/usage";
import { useChatNames } from "../../api/chat-names.ts";
import { type UsageScope, useUsage } from "../../api/usage.ts";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { formatCount, formatUsd } from "../../ui/amounts.ts";
import { Card } from "../../ui/card.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { formatShare } from "./totals.tsx";
import { cacheShare, chatOfKey, tokensOf } from "./usage-figures.ts";

/** What used how much, the dearest first. */
export const Breakdown = ({ by, days, scope }: { by: "model" | "chat"; days: number; scope: UsageScope }) => {
  const say = useSay();
  const { language } = useLanguage();
  const names = useChatNames();
  const usage = useUsage(by, days, scope);
  const nameOf = ({ key }: UsageRow): string => {
    if (by === "model") return key === "" ? say("usage.model_unknown") : key;
    return names(chatOfKey(key));
  };
  return (
    <Card title={say(`usage.by_${by}`)} flush>
      <Loaded query={usage}>
        {({ rows, total }) => (
          <ul className="divide-y divide-line">
            {rows
              .toSorted((a, b) => b.costUsd - a.costUsd || tokensOf(b) - tokensOf(a))
              .map((row) => {
                const share = cacheShare(row);
                return (
                  <li key={row.key} className="relative px-4 py-2.5 text-sm">
                    <div
                      aria-hidden
                      className="absolute inset-y-0 left-0 bg-accent-soft opacity-60"
                      style={{ width: `${total.costUsd === 0 ? 0 : (100 * row.costUsd) / total.costUsd}%` }}
                    />
                    <div className="relative flex items-baseline justify-between gap-3">
                      <span className="min-w-0 truncate font-medium">{nameOf(row)}</span>
                      <span className="tabular-nums">{formatUsd(row.costUsd, language)}</span>
                    </div>
                    <p className="relative text-xs text-soft tabular-nums">
                      {say("home.today_turns", {
                        turns: formatCount(row.turns, language),
                        tokens: formatCount(tokensOf(row), language),
                      })}
                      {share !== null && ` · ${say("usage.cache")} ${formatShare(share, language)}`}
                    </p>
                  </li>
                );
              })}
          </ul>
        )}
      </Loaded>
    </Card>
  );
};
