import type { SeededRandom } from "./seeded-random.ts";

/** A prompt of the sweep: what it makes the agent do, and how that is recognised afterwards. */
export interface SweepPrompt {
  /** Unique; part of its answer and of everything it runs. */
  id: string;
  text: string;
  /** What its tools write down, each once, if the turn comes to its end. */
  executions: string[];
  /** Part of the answer if the turn comes to its end, of nothing else. */
  answer: string;
}

/**
 * The tool of the sweep, a script on the agent's PATH. Every run leaves a line in the workspace before and after its
 * work; `-d` also leaves a daemon in a session of its own behind.
 */
export const WORK_COMMAND = [
  'echo "$1" >> executions.log',
  '[ "$2" = -d ] && setsid sleep 300 >/dev/null 2>&1 &',
  "sleep 0.2",
  'echo "ran $1"',
].join("\n");

const tool = (token: string, daemon: boolean): string =>
  `TOOL:Bash:${JSON.stringify({ command: `sweep-work ${token}${daemon ? " -d" : ""}`, description: "work" })}`;

/** The prompt number `n` of a chat: with no, one or two tools, answered slowly enough to be cut anywhere. */
export const makePrompt = (id: string, random: SeededRandom): SweepPrompt => {
  const tools = random.pick([0, 1, 1, 2]);
  const executions = Array.from({ length: tools }, (_, at) => `${id}.${at}`);
  const answer = `final-${id}-end`;
  const lines = executions.map((token) => tool(token, random.below(4) === 0));
  return { id, executions, answer, text: [...lines, `SLOW:4:40\nSAY:the answer is ${answer}`].join("\n") };
};
