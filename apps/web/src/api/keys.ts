import type { LiveTopic } from "@steward/contract/live";

/**
 * Names of what the pages have asked for. Each begins with the topic of the live stream that makes it old, so a change
 * finds everything that it concerns. `load` has no event: it is a matter of measuring.
 */
export type QueryTopic = LiveTopic | "load" | "usage" | "search" | "browsers";
export const queryKey = (topic: QueryTopic, ...rest: readonly unknown[]): readonly unknown[] => [
  topic,
  ...rest,
];
