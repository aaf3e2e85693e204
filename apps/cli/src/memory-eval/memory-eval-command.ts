import { readFileSync } from "node:fs";
import type { Client } from "@steward/client/client";
import { type Evaluation, evaluateMemory, evaluationPairsSchema } from "@steward/contract/memory-eval";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** A model that is loaded first, on a slow machine, and a thousand pairs. */
const EMBEDDING_TIMEOUT_MS = 1_800_000;

export interface MemoryEvalOptions {
  readonly file?: string;
  readonly embedder?: readonly string[];
  readonly json?: boolean;
}

/** `steward memory eval`: how well memories are found, with each embedder, side by side. */
export async function runMemoryEval(
  options: MemoryEvalOptions,
  { client, terminal }: { client: Client; terminal: Terminal },
): Promise<ExitCode> {
  const pairs = options.file === undefined ? {} : { pairs: readPairs(options.file, terminal) };
  if (options.json !== true) terminal.note(terminal.say("cli.memory_eval.running"));
  const evaluation = await client.call(evaluateMemory, {
    body: { ...pairs, embedders: [...(options.embedder ?? [])] },
    timeoutMs: EMBEDDING_TIMEOUT_MS,
  });
  if (options.json === true) terminal.print(JSON.stringify(evaluation));
  else show(evaluation, terminal);
  return evaluation.rows.some(({ problem }) => problem !== null) ? EXIT.failed : EXIT.ok;
}

function readPairs(path: string, { say }: Terminal) {
  const refuse = (reason: string): CommandFailure =>
    new CommandFailure(EXIT.nothingDone, say("cli.memory_eval.bad_file", { path, reason }));
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  const read = evaluationPairsSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw refuse(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}

function show({ pairs, rows }: Evaluation, terminal: Terminal): void {
  const { say } = terminal;
  const share = (value: number): string => value.toFixed(2);
  printTable(
    terminal,
    [say("cli.memory_eval.embedder"), "RECALL@1", "RECALL@5", "RECALL@10", "MRR"],
    rows.map((row) => [
      row.embedder === null ? say("cli.memory_eval.none") : harmlessLine(row.embedder),
      ...(row.problem === null
        ? [row.recallAt1, row.recallAt5, row.recallAt10, row.meanReciprocalRank].map(share)
        : ["–", "–", "–", "–"]),
    ]),
  );
  for (const { embedder, problem } of rows) {
    if (problem !== null)
      terminal.print(`✗ ${harmlessLine(`${embedder ?? say("cli.memory_eval.none")}: ${problem}`)}`);
  }
  terminal.print(say("cli.memory_eval.pairs", { pairs }));
}
