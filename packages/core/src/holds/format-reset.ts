import type { Language } from "@steward/schema/enums";

const LOCALES: Record<Language, string> = { en: "en-GB", zh: "zh-CN" };

/** `Sat 21 Nov, 14:00 (13:00 UTC)`: in the zone of the people here, and where that differs in UTC as well. */
export const formatReset = (language: Language, atMs: number, timeZone: string): string => {
  const locale = LOCALES[language];
  const time = (zone: string): string =>
    new Intl.DateTimeFormat(locale, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZone: zone,
    }).format(atMs);
  const day = new Intl.DateTimeFormat(locale, {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone,
  }).format(atMs);
  const [local, utc] = [time(timeZone), time("UTC")];
  const separator = language === "zh" ? " " : ", ";
  if (local === utc) return `${day}${separator}${utc} UTC`;
  return language === "zh" ? `${day} ${local}（UTC ${utc}）` : `${day}, ${local} (${utc} UTC)`;
};
