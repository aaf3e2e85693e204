import type { Usage, UsageRow } from "@steward/contract/usage";

export const METRICS = ["cost", "tokens", "turns"] as const;
export type Metric = (typeof METRICS)[number];

type Figures = Usage["total"];

export const tokensOf = (row: Figures): number =>
  row.inputTokens + row.outputTokens + row.cacheReadTokens + row.cacheCreationTokens;

export const metricOf = (row: Figures, metric: Metric): number =>
  metric === "cost" ? row.costUsd : metric === "turns" ? row.turns : tokensOf(row);

/** Which part of what went in came from the cache; null when nothing went in. */
export const cacheShare = (row: Figures): number | null => {
  const sent = row.inputTokens + row.cacheReadTokens + row.cacheCreationTokens;
  return sent === 0 ? null : row.cacheReadTokens / sent;
};

const DAY_MS = 86_400_000;

/** One row per UTC day from `from` until `to` (excluded), also for days on which nothing was used. */
export const everyDay = ({ rows, from, to }: Pick<Usage, "rows" | "from" | "to">): UsageRow[] => {
  const known = new Map(rows.map((row) => [row.key, row]));
  const days: UsageRow[] = [];
  for (let at = from; at < to; at += DAY_MS) {
    const key = new Date(at).toISOString().slice(0, 10);
    days.push(known.get(key) ?? { key, ...NOTHING });
  }
  return days;
};

const NOTHING: Figures = {
  turns: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheCreationTokens: 0,
  costUsd: 0,
};

/** `bot/chat`, with `.t<topic>`, as the usage names a chat. */
export const chatOfKey = (key: string): { botId: string; chatId: string; threadId: string } => {
  const [, botId = "", chatId = "", threadId = ""] = /^([^/]+)\/(.+?)(?:\.t(.+))?$/.exec(key) ?? [];
  return { botId, chatId, threadId };
};
