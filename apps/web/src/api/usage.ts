import { getUsage, type Usage } from "@steward/contract/usage";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "./client.ts";
import { queryKey } from "./keys.ts";

export interface UsageScope {
  botId?: string | undefined;
  chatId?: string | undefined;
  threadId?: string | undefined;
}

const DAY_MS = 86_400_000;

/** Midnight UTC of the first of so many days, today being the last: days begin where the caps begin them. */
export const firstDay = (days: number, now: number): number =>
  Math.floor(now / DAY_MS) * DAY_MS - (days - 1) * DAY_MS;

/** What was used in the last days, today among them. What is said costs: it is old when something was said. */
export const useUsage = (by: Usage["by"], days: number, scope: UsageScope) =>
  useQuery({
    queryKey: queryKey("history", "usage", by, days, scope),
    queryFn: ({ signal }) =>
      api.call(getUsage, { query: { by, from: firstDay(days, Date.now()), ...scope }, signal }),
    placeholderData: keepPreviousData,
  });
