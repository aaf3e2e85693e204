import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * What mostly waits: for Telegram's pace of a message a second in a chat, for limits to pass, for the next minute. Four of
 * them at a time take half of one core.
 */
const WAITING = [
  "test/telegram-{approvals,busy,chat,commands,files,groups,kill,memory,search,topics}.test.ts",
  "test/{brakes,files,main-job,projects,summaries,triage}.test.ts",
];
/** What holds times against a budget has the machine to itself. */
const TIMED = ["test/streaming-load.test.ts"];
/** Take far longer than their size tells: begun last, they would run alone. */
const LONG = /\/(?:kill-sweep|hostile-agent|summaries)\.test\.ts$/;

class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const order = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;
    const isShort = ({ moduleId }: TestSpecification): number => Number(!LONG.test(moduleId));
    return sorted.toSorted((a, b) => order(a) - order(b) || isShort(a) - isShort(b));
  }
}

const group = (name: string, groupOrder: number, maxWorkers: number, files: object) => ({
  test: { name, testTimeout: 60_000, hookTimeout: 60_000, maxWorkers, sequence: { groupOrder }, ...files },
});

// Real processes, each file with a Steward of its own: as many at a time as two cores have room for. Groups run one after
// the other.
export default defineConfig({
  test: {
    sequence: { sequencer: LongFilesFirst },
    projects: [
      group("e2e waiting", 0, 4, { include: WAITING }),
      group("e2e", 1, 2, { include: ["test/**/*.test.ts"], exclude: [...WAITING, ...TIMED] }),
      group("e2e timed", 2, 1, { include: TIMED }),
    ],
  },
});
