import type { HistorySession } from "@steward/contract/history";
import { useSyncExternalStore } from "react";

const KEY = "steward.seen";
const MOST = 500;
const listeners = new Set<() => void>();

type Seen = Readonly<Record<string, number>>;
let cached: { text: string; seen: Seen } = { text: "", seen: {} };

const read = (): Seen => {
  const text = localStorage.getItem(KEY) ?? "{}";
  if (text === cached.text) return cached.seen;
  try {
    cached = { text, seen: JSON.parse(text) as Seen };
  } catch {
    cached = { text, seen: {} };
  }
  return cached.seen;
};
const nameOf = ({ botId, sessionId }: Pick<HistorySession, "botId" | "sessionId">): string =>
  `${botId} ${sessionId}`;

/** This browser has shown the chat up to then (UTC ms). */
export const markSeen = (session: Pick<HistorySession, "botId" | "sessionId">, at: number): void => {
  const seen = read();
  const name = nameOf(session);
  if ((seen[name] ?? 0) >= at) return;
  const latest = Object.entries({ ...seen, [name]: at })
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(latest)));
  } catch {
    // Without storage everything stays as new as it was.
  }
  for (const listener of [...listeners]) listener();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("storage", listener);
  };
};

/** Whether an answer came since this browser has shown the chat. Of chats that it has never shown nothing is new. */
export const useSeen = (session: HistorySession): { isNew: boolean } => {
  const at = useSyncExternalStore(subscribe, read)[nameOf(session)];
  return { isNew: at !== undefined && session.last.role === "assistant" && session.lastMessageAt > at };
};
