import { useEffect, useState } from "react";
import { useLanguage } from "../texts/texts.tsx";

/** The present, moved on every `everyMs`, so that what is running is seen to run. */
export const useNow = (everyMs: number): number => {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
};

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

/** "5 minutes ago"; from a week on the date. The exact time stands behind it. */
export const Ago = ({ at }: { at: number }) => {
  const { language } = useLanguage();
  const now = useNow(30_000);
  const past = at - now;
  const exact = new Date(at).toLocaleString(language);
  const [unit, ms] = UNITS.find(([, size]) => Math.abs(past) >= size) ?? (["second", 1_000] as const);
  const text =
    Math.abs(past) > 7 * 86_400_000
      ? new Date(at).toLocaleDateString(language, { dateStyle: "medium" })
      : new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" }).format(
          Math.min(0, Math.round(past / ms)),
          unit,
        );
  return (
    <time dateTime={new Date(at).toISOString()} title={exact}>
      {text}
    </time>
  );
};

/** "4 s", "2 min 5 s", "3 h 12 min". */
export const formatDuration = (ms: number, language: string): string => {
  const unit = (value: number, name: "second" | "minute" | "hour"): string =>
    new Intl.NumberFormat(language, {
      style: "unit",
      unit: name,
      unitDisplay: "narrow",
      maximumFractionDigits: 0,
    }).format(value);
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return unit(seconds, "second");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${unit(minutes, "minute")} ${unit(seconds % 60, "second")}`;
  return `${unit(Math.floor(minutes / 60), "hour")} ${unit(minutes % 60, "minute")}`;
};

/** Counts up while something runs. */
export const Elapsed = ({ since }: { since: number }) => {
  const { language } = useLanguage();
  return <span className="tabular-nums">{formatDuration(useNow(1_000) - since, language)}</span>;
};
