/** @returns the beginning of a day (`2026-11-22`) where the page is read, UTC ms; null for what is no day */
export const startOfDay = (day: string | undefined, plusDays = 0): number | null => {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? "")?.map(Number) ?? [];
  if (year === undefined || month === undefined || date === undefined) return null;
  const start = new Date(year, month - 1, date);
  const isReal = start.getFullYear() === year && start.getMonth() === month - 1 && start.getDate() === date;
  if (!isReal) return null;
  // Not 24 hours: days on which clocks are set have more, or fewer.
  start.setDate(date + plusDays);
  return start.getTime() >= 0 ? start.getTime() : null;
};
