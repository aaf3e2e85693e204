import type { CliDriver, CliEvent } from "@steward/claude/cli-driver";
import type { PassedOver, PassedOverTotal } from "@steward/contract/sessions";
import type { Logger } from "@steward/platform/logger";

/** Counts what CLIs say that nobody here can read: nothing is dropped in silence. */
export interface OutputWatch {
  /** The same driver, whose processes are listened to. */
  listenTo(driver: CliDriver): CliDriver;
  /** Of one CLI session, by all its processes since the service started. */
  of(cliSessionId: string): PassedOver;
  total(): PassedOverTotal;
}

/** Only sessions with something to tell are kept; of more than this many the oldest are forgotten. */
const KEPT_SESSIONS = 1_000;
/** A broken CLI may make up a new name in every line. */
const KEPT_TYPES = 50;
const TYPE_LENGTH = 80;
const OTHER_TYPES = "…";

export const createOutputWatch = ({ log }: { log: Logger }): OutputWatch => {
  const bySession = new Map<string, PassedOver>();
  const byType = new Map<string, number>();
  const total = nothing();

  const countsOf = (cliSessionId: string): PassedOver => {
    const known = bySession.get(cliSessionId);
    if (known) return known;
    const counts = nothing();
    bySession.set(cliSessionId, counts);
    const [oldest] = bySession.keys();
    if (bySession.size > KEPT_SESSIONS && oldest !== undefined) bySession.delete(oldest);
    return counts;
  };

  const countType = (rawType: string): void => {
    const name = rawType.slice(0, TYPE_LENGTH);
    const kept = byType.has(name) || byType.size < KEPT_TYPES ? name : OTHER_TYPES;
    byType.set(kept, (byType.get(kept) ?? 0) + 1);
  };

  /** Once per process and kind: the counts tell the rest, and a flood of lines must not become one of the log. */
  const listen = (cliSessionId: string) => {
    const told = new Set<CliEvent["type"]>();
    return (event: CliEvent): void => {
      const counter = COUNTERS[event.type];
      if (counter === undefined) return;
      countsOf(cliSessionId)[counter] += 1;
      total[counter] += 1;
      if (event.type === "unknown") countType(event.rawType);
      if (told.has(event.type)) return;
      told.add(event.type);
      const what = event.type === "unknown" ? { rawType: event.rawType.slice(0, TYPE_LENGTH) } : {};
      log.warn({ cliSessionId, counter, ...what }, "the cli says something that cannot be read");
    };
  };

  return {
    listenTo: (driver) => ({
      open: async (launch, host, signal) => {
        const count = listen(launch.cliSessionId);
        const onEvent = (event: CliEvent): void => {
          count(event);
          host.onEvent(event);
        };
        const session = await driver.open(launch, { ...host, onEvent }, signal);
        void session.exited.then(() => {
          const counts = bySession.get(launch.cliSessionId);
          if (counts) log.info({ cliSessionId: launch.cliSessionId, ...counts }, "passed over of this cli");
        });
        return session;
      },
    }),
    of: (cliSessionId) => ({ ...(bySession.get(cliSessionId) ?? nothing()) }),
    total: () => ({
      ...total,
      unknownTypes: [...byType].map(([type, count]) => ({ type, count })).sort((a, b) => b.count - a.count),
    }),
  };
};

const COUNTERS: Partial<Record<CliEvent["type"], keyof PassedOver>> = {
  bad_line: "badLines",
  oversize_line: "oversizeLines",
  unknown: "unknownEvents",
};

const nothing = (): PassedOver => ({ badLines: 0, oversizeLines: 0, unknownEvents: 0 });
