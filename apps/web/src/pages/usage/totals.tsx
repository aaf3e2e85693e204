import type { Usage } from "@steward/contract/usage";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { formatCount, formatUsd } from "../../ui/amounts.ts";
import { cacheShare, tokensOf } from "./usage-figures.ts";

/** All of it together. */
export const Totals = ({ total }: { total: Usage["total"] }) => {
  const say = useSay();
  const { language } = useLanguage();
  const share = cacheShare(total);
  const figures = [
    [say("usage.metric_cost"), formatUsd(total.costUsd, language)],
    [say("usage.metric_turns"), formatCount(total.turns, language)],
    [say("usage.metric_tokens"), formatCount(tokensOf(total), language)],
    [say("usage.cache"), share === null ? "–" : formatShare(share, language)],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line md:grid-cols-4">
      {figures.map(([name, value]) => (
        <div key={name} className="bg-surface px-4 py-3">
          <dt className="text-xs text-soft">{name}</dt>
          <dd className="mt-0.5 text-xl font-semibold tracking-tight tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
};

export const formatShare = (share: number, language: string): string =>
  new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(share);
