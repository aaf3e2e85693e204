import type { Logger } from "@steward/platform/logger";

/** Lets work go on that nobody waits for: how it fails is logged, and harms nothing else. */
export const detached = (work: Promise<unknown>, log: Logger, what: string): void => {
  work.catch((error: unknown) => log.error({ err: error }, what));
};
