import { type CommandOutcome, commandOutcomeSchema } from "@steward/contract/commands";
import type { Clock } from "@steward/platform/clock";
import type { Database } from "@steward/schema/sqlite";
import { commandRuns } from "@steward/schema/tables";
import { eq } from "drizzle-orm";

/** What is written down of a program's run, so that no message runs it twice. */
export interface CommandRuns {
  /** Null: never begun. `unclear`: begun, and nobody saw its end. */
  find(key: string): CommandOutcome | null;
  /** Committed before the program starts. */
  begin(run: { key: string; name: string; botId: string; actor: string }): void;
  end(key: string, outcome: CommandOutcome): void;
}

export const createCommandRuns = (deps: { db: Database; clock: Pick<Clock, "now"> }): CommandRuns => ({
  find: (key) => {
    const row = deps.db.select().from(commandRuns).where(eq(commandRuns.key, key)).get();
    if (row === undefined) return null;
    return row.answer === null ? { kind: "unclear" } : commandOutcomeSchema.parse(JSON.parse(row.answer));
  },
  begin: (run) => {
    deps.db
      .insert(commandRuns)
      .values({ ...run, startedAt: deps.clock.now() })
      .run();
  },
  end: (key, outcome) => {
    deps.db
      .update(commandRuns)
      .set({ finishedAt: deps.clock.now(), answer: JSON.stringify(outcome) })
      .where(eq(commandRuns.key, key))
      .run();
  },
});
