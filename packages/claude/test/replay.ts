import { createFakeClock } from "@steward/platform/clock";
import { createFakeSpawner, type FakeProcess } from "@steward/platform/process";
import type { CliSession } from "../src/cli-driver.ts";
import type { CliEvent } from "../src/cli-event.ts";
import { createStdioCliDriver } from "../src/stdio-cli-driver.ts";

/** A session whose process is in the test's hands: what it prints, byte for byte, and what was written to it. */
export interface Replay {
  session: CliSession;
  process: FakeProcess;
  events: CliEvent[];
}

const EMPTY_TABLE = {
  list: () => [],
  environmentValues: () => ({ values: new Map<number, string>(), unreadYet: [] }),
};

/** Opens a session over a fake process that answers the handshake and nothing else. */
export async function openReplay(onEvent: (event: CliEvent) => void = () => undefined): Promise<Replay> {
  const events: CliEvent[] = [];
  const spawner = createFakeSpawner({
    onInput: (process, text) => {
      const line = JSON.parse(text);
      if (line.request?.subtype !== "initialize") return;
      const response = {
        commands: [],
        models: [],
        account: { apiProvider: "firstParty", apiKeySource: "x" },
      };
      const answer = { subtype: "success", request_id: line.request_id, response };
      process.stdout(`${JSON.stringify({ type: "control_response", response: answer })}\n`);
    },
  });
  const driver = createStdioCliDriver({ confinement: spawner, clock: createFakeClock(), table: EMPTY_TABLE });
  const session = await driver.open(
    {
      binary: { path: "/usr/bin/claude", version: "2.1.197", source: "path" },
      cwd: "/home/ada/work",
      cliSessionId: "00000001-0000-4000-8000-000000000001",
      resume: false,
      env: {},
      marker: { name: "STEWARD_SESSION", value: "replay" },
    },
    {
      beforeTool: () => Promise.resolve(),
      decideTool: () => Promise.resolve({ behavior: "deny", message: "replay" }),
      onEvent: (event) => {
        events.push(event);
        onEvent(event);
      },
    },
  );
  const [process] = spawner.processes;
  if (process === undefined) throw new Error("nothing was spawned");
  return { session, process, events };
}

/**
 * The events of a whole output, cut into chunks at these offsets. The turns it answers are sent as they were: the
 * first at once, each next one after a result.
 */
export async function replay(output: Buffer, cuts: readonly number[] = []): Promise<CliEvent[]> {
  const uuids = turnsIn(output);
  const { session, process, events } = await openReplay((event) => {
    if (event.type === "turn_result" && !event.unsolicited) sendNext();
  });
  const sendNext = (): void => {
    const uuid = uuids.shift();
    if (uuid !== undefined) session.sendTurn({ uuid, text: "as recorded" });
  };
  sendNext();
  let from = 0;
  for (const cut of [...cuts, output.length]) {
    process.stdout(output.subarray(from, cut));
    from = cut;
  }
  process.exit();
  return events;
}

/** One of our turns for each result that has an acknowledgement; what a command printed is acknowledged before itself. */
function turnsIn(output: Buffer): string[] {
  const turns: string[] = [];
  let last: string | undefined;
  for (const line of output.toString().split("\n")) {
    if (line.includes('"isReplay":true')) last = (JSON.parse(line) as { uuid: string }).uuid;
    if (!/"type":"result"/.test(line) || last === undefined) continue;
    turns.push(last);
    last = undefined;
  }
  return turns;
}
