import type { Usage } from "@steward/contract/usage";
import { lazy, Suspense, useState } from "react";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { formatCount, formatUsd } from "../../ui/amounts.ts";
import { Card } from "../../ui/card.tsx";
import { ScrollBox } from "../../ui/scroll-box.tsx";
import { Select } from "../../ui/select.tsx";
import { everyDay, METRICS, type Metric, metricOf, tokensOf } from "./usage-figures.ts";

const DaysChart = lazy(() => import("./days-chart.tsx"));

/** Day by day, as a picture; and the same as a table. */
export const DaysCard = ({ usage }: { usage: Usage }) => {
  const say = useSay();
  const { language } = useLanguage();
  const [metric, setMetric] = useState<Metric>("cost");
  const days = everyDay(usage);
  const dayOf = (key: string): string =>
    new Date(key).toLocaleDateString(language, { month: "short", day: "numeric", timeZone: "UTC" });
  const format = (value: number): string =>
    metric === "cost" ? formatUsd(value, language) : formatCount(value, language);
  return (
    <Card
      title={say("usage.by_day")}
      aside={
        <Select
          aria-label={say("usage.shown")}
          value={metric}
          options={METRICS.map((value) => ({ value, text: say(`usage.metric_${value}`) }))}
          choose={setMetric}
        />
      }
    >
      <div aria-hidden className="h-56">
        <Suspense>
          <DaysChart
            rows={days.map((day) => ({ day: dayOf(day.key), value: metricOf(day, metric) }))}
            name={say(`usage.metric_${metric}`)}
            format={format}
          />
        </Suspense>
      </div>
      <details className="mt-3 text-sm">
        <summary className="inline-flex min-h-9 cursor-pointer items-center text-xs font-medium text-accent-ink">
          {say("usage.as_table")}
        </summary>
        <ScrollBox label={say("usage.by_day")} className="max-h-80 overflow-auto">
          <table className="w-full text-sm tabular-nums">
            <thead className="text-left text-xs text-soft">
              <tr>
                <th className="py-1.5 pr-3 font-medium">{say("usage.day")}</th>
                <th className="py-1.5 pr-3 text-right font-medium">{say("usage.metric_cost")}</th>
                <th className="py-1.5 pr-3 text-right font-medium">{say("usage.metric_turns")}</th>
                <th className="py-1.5 text-right font-medium">{say("usage.metric_tokens")}</th>
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {days.toReversed().map((day) => (
                <tr key={day.key}>
                  <th scope="row" className="py-1.5 pr-3 text-left font-normal">
                    {dayOf(day.key)}
                  </th>
                  <td className="py-1.5 pr-3 text-right">{formatUsd(day.costUsd, language)}</td>
                  <td className="py-1.5 pr-3 text-right">{formatCount(day.turns, language)}</td>
                  <td className="py-1.5 text-right">{formatCount(tokensOf(day), language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      </details>
    </Card>
  );
};
