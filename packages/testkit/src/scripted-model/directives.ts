/**
 * The little language in which a test tells the scripted model, inside the prompt, how to answer.
 *
 * A directive is a word of the prompt, `NAME` or `NAME:arguments`; SAY, THINK and TOOL take the rest of their line.
 * Each TOOL closes a step: what stands before the first TOOL governs the first answer, what stands between the
 * first and the second governs the answer after the first tool's result, and so on. So `TOOL:Bash:{…}` followed by
 * `HANG` hangs after the tool has run. CTX alone holds for every step.
 *
 * | directive | the answer |
 * |---|---|
 * | (none) | echoes the prompt and the count of earlier prompts; after tools: their results |
 * | `SAY:text` | is `text` (`\n` is a line break; several lines add up) |
 * | `THINK:text` | thinks `text` first |
 * | `RECALL` | lists the earlier prompts of this conversation |
 * | `TOOL:Name:{json}` | calls the tool |
 * | `LOOPTOOL`, `LOOPTOOL:Name:{json}` | calls the tool again after each result |
 * | `SLOW:n:ms` | comes in n chunks, ms apart |
 * | `GATE:name` | stops after its first chunk until the test releases the gate |
 * | `PAD:n` | is n characters long |
 * | `CTX:n` | reports n input tokens |
 * | `RLH:status[:claim]` | carries a subscription's limit headers; `rejected` is a 429 |
 * | `ERR:status[:times[:variant]]` | fails (see `api-failures.ts`) |
 * | `RETRYAFTER:seconds` | fails with a `retry-after` header (with ERR or RLH:rejected) |
 * | `HANG`, `HANGMID` | never begins, never goes on after its first chunk |
 * | `DROP`, `MIDDROP` | hangs up before the first byte, after the first chunk |
 * | `MIDERR` | is broken by an SSE `error` event; whole when not streamed |
 *
 * A fault happens to every request of its step, or with `:times` to the first so many.
 */

export interface ToolDirective {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

export type FaultKind = "HANG" | "HANGMID" | "DROP" | "MIDDROP" | "MIDERR";

export type Fault =
  | { readonly kind: "ERR"; readonly status: number; readonly variant: string; readonly times: number }
  | { readonly kind: FaultKind; readonly times: number };

export const LIMIT_STATUSES = ["allowed", "allowed_warning", "rejected"] as const;
export type LimitStatus = (typeof LIMIT_STATUSES)[number];

/** How one answer is made. */
export interface Step {
  /** What SAY lines say, joined by line breaks; null: the default answer. */
  say: string | null;
  think: string | null;
  tool: ToolDirective | null;
  /** The tool is called again after each result, for ever. */
  loop: boolean;
  slow: { readonly chunks: number; readonly everyMs: number } | null;
  gate: string | null;
  fault: Fault | null;
  limit: { readonly status: LimitStatus; readonly claim: string } | null;
  retryAfterSeconds: number | null;
  padChars: number;
  recall: boolean;
}

export interface Plan {
  /** One per answer; the last holds for all answers after it. Never empty. */
  readonly steps: readonly Step[];
  readonly contextTokens: number | null;
  /** Directives that could not be understood. */
  readonly problems: readonly string[];
}

const LINE_DIRECTIVE = /(?:^|\s)(SAY|THINK|TOOL|LOOPTOOL):(.*)$/;
const DEFAULT_LOOP_TOOL: ToolDirective = { name: "Bash", input: { command: "true" } };

/** What a prompt's directives have added up to so far. */
interface Draft {
  step: Step;
  readonly steps: Step[];
  contextTokens: number | null;
  readonly problems: string[];
}

export function parseDirectives(prompt: string): Plan {
  const first = emptyStep();
  const draft: Draft = { step: first, steps: [first], contextTokens: null, problems: [] };
  for (const line of prompt.split("\n")) {
    const match = LINE_DIRECTIVE.exec(line);
    const words = match === null ? line : line.slice(0, match.index);
    for (const word of words.split(/\s+/)) applyWord(draft, word);
    if (match !== null) applyLine(draft, match[1] ?? "", match[2] ?? "");
  }
  const { steps, contextTokens, problems } = draft;
  return { steps, contextTokens, problems };
}

function applyLine(draft: Draft, name: string, rest: string): void {
  const { step, problems } = draft;
  if (name === "SAY") step.say = joinLines(step.say, unescapeBreaks(rest));
  else if (name === "THINK") step.think = joinLines(step.think, unescapeBreaks(rest));
  else {
    const tool = parseTool(rest, problems);
    if (tool === null) return;
    step.tool = tool;
    step.loop = name === "LOOPTOOL";
    if (step.loop) return;
    draft.step = emptyStep();
    draft.steps.push(draft.step);
  }
}

function applyWord(draft: Draft, word: string): void {
  const [name = "", ...args] = word.split(":");
  // `constructor` is a word like any other.
  const apply = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  if (apply === undefined) return;
  const number = (index: number, fallback?: number): number => {
    const given = args[index];
    const value = given === undefined || given === "" ? fallback : Number(given);
    if (value !== undefined && value >= 0) return value;
    draft.problems.push(`${word}: argument ${index + 1} has to be a number`);
    return 0;
  };
  const problem = (text: string): void => void draft.problems.push(`${word}: ${text}`);
  apply(draft.step, { text: (index) => args[index] ?? "", number, problem }, draft);
}

interface Arguments {
  text(index: number): string;
  number(index: number, fallback?: number): number;
  problem(text: string): void;
}

type Apply = (step: Step, args: Arguments, draft: Draft) => void;

const fault =
  (kind: FaultKind): Apply =>
  (step, args) => {
    step.fault = { kind, times: args.number(0, Number.POSITIVE_INFINITY) };
  };

const WORDS: Readonly<Record<string, Apply>> = {
  SLOW: (step, args) => {
    step.slow = { chunks: Math.max(1, args.number(0)), everyMs: args.number(1) };
  },
  GATE: (step, args) => {
    step.gate = args.text(0);
    if (step.gate === "") args.problem("a gate needs a name");
  },
  ERR: (step, args) => {
    const times = args.number(1, Number.POSITIVE_INFINITY);
    step.fault = { kind: "ERR", status: args.number(0), times, variant: args.text(2) };
  },
  HANG: fault("HANG"),
  HANGMID: fault("HANGMID"),
  DROP: fault("DROP"),
  MIDDROP: fault("MIDDROP"),
  MIDERR: fault("MIDERR"),
  LOOPTOOL: (step) => {
    step.tool = DEFAULT_LOOP_TOOL;
    step.loop = true;
  },
  PAD: (step, args) => {
    step.padChars = args.number(0);
  },
  CTX: (_step, args, draft) => {
    draft.contextTokens = args.number(0);
  },
  RLH: (step, args) => {
    const status = LIMIT_STATUSES.find((known) => known === args.text(0));
    if (status === undefined) args.problem(`known are ${LIMIT_STATUSES.join(", ")}`);
    else step.limit = { status, claim: args.text(1) || "five_hour" };
  },
  RETRYAFTER: (step, args) => {
    step.retryAfterSeconds = args.number(0, 1);
  },
  RECALL: (step) => {
    step.recall = true;
  },
};

/** `Bash:{"command":"date"}` */
function parseTool(text: string, problems: string[]): ToolDirective | null {
  const colon = text.indexOf(":");
  const name = (colon === -1 ? text : text.slice(0, colon)).trim();
  const json = colon === -1 ? "{}" : text.slice(colon + 1);
  try {
    const input: unknown = JSON.parse(json);
    if (name !== "" && typeof input === "object" && input !== null && !Array.isArray(input)) {
      return { name, input: { ...input } };
    }
    problems.push(`TOOL:${text}: expected TOOL:Name:{json object}`);
  } catch (error) {
    problems.push(`TOOL:${text}: ${String(error)}`);
  }
  return null;
}

function joinLines(before: string | null, line: string): string {
  return before === null ? line : `${before}\n${line}`;
}

function unescapeBreaks(text: string): string {
  return text.replaceAll("\\n", "\n");
}

function emptyStep(): Step {
  return {
    say: null,
    think: null,
    tool: null,
    loop: false,
    slow: null,
    gate: null,
    fault: null,
    limit: null,
    retryAfterSeconds: null,
    padChars: 0,
    recall: false,
  };
}
