import { writeSync } from "node:fs";
import { FAILPOINTS, type FailpointName } from "./failpoint-names.ts";

/**
 * What `@steward/platform/failpoint` is under `node --conditions=steward-test`: acts as `STEWARD_FAILPOINTS` says.
 *
 * A comma-separated list of `point=action` or `point=action:hits`, where `hits` is `3` (the third pass alone), `2-4`
 * or `2-` (from the second on); without it every pass counts. Actions:
 *
 * | action | does |
 * |---|---|
 * | `kill` | ends this process by SIGKILL, there and then |
 * | `sleep(ms)` | blocks the whole event loop |
 * | `throw(CODE)` | throws an error with this `code`, such as `SQLITE_FULL` |
 * | `trace` | writes `failpoint <name>` to standard error |
 *
 * `*` stands for every point. A program that runs under the supervisor, as `npm start` runs them, is never armed.
 */
export interface ArmedFailpoint {
  point: FailpointName | "*";
  action: "kill" | "sleep" | "throw" | "trace";
  argument: string;
  from: number;
  to: number;
}

const FORM = /^(\*|[a-z_.]+)=(kill|sleep|throw|trace)(?:\((\w+)\))?(?::(\d+)(-)?(\d+)?)?$/;

/** @throws TypeError that names what is not understood: a test that arms nothing by mistake would prove nothing. */
export const parseFailpoints = (text: string): ArmedFailpoint[] =>
  text
    .split(",")
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const match = FORM.exec(part.trim());
      const [, point = "", action, argument = "", first, dash, last] = match ?? [];
      const known = point === "*" || FAILPOINTS.some((name) => name === point);
      if (!match || !known) throw new TypeError(`STEWARD_FAILPOINTS: ${part} is not understood`);
      const from = first === undefined ? 1 : Number(first);
      const open = first === undefined || (dash !== undefined && last === undefined);
      const to = open ? Number.POSITIVE_INFINITY : Number(last ?? from);
      return { point, action, argument, from, to } as ArmedFailpoint;
    });

/** Makes the point of one process; counts the passes of each name by itself. */
export const createFailpoint = (
  armed: readonly ArmedFailpoint[],
  actions: { kill(): void; sleep(ms: number): void; trace(line: string): void } = ACTIONS,
): ((name: FailpointName) => void) => {
  const passes = new Map<FailpointName, number>();
  return (name) => {
    const pass = (passes.get(name) ?? 0) + 1;
    passes.set(name, pass);
    for (const { point, action, argument, from, to } of armed) {
      if ((point !== "*" && point !== name) || pass < from || pass > to) continue;
      if (action === "kill") actions.kill();
      else if (action === "sleep") actions.sleep(Number(argument));
      else if (action === "trace") actions.trace(`failpoint ${name}\n`);
      else throw Object.assign(new Error(`failpoint ${name}`), { code: argument });
    }
  };
};

const ACTIONS = {
  kill: () => {
    process.kill(process.pid, "SIGKILL");
    // The signal may take an instant; nothing more may happen in it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  sleep: (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
  trace: (line: string) => void writeSync(2, line),
};

// biome-ignore lint/style/noProcessEnv: a test build's own switch, which no settings module may know of
const { STEWARD_FAILPOINTS: wanted = "", STEWARD_SUPERVISED: supervised } = process.env;

/** @public Taken in place of the harmless one by the condition alone. */
export const failpoint = createFailpoint(supervised === undefined ? parseFailpoints(wanted) : []);
