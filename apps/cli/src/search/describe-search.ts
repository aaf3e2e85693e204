import type { MessageKey } from "@steward/contract/messages";
import type { ModelProgress, SearchStatus } from "@steward/contract/search-status";
import type { Params } from "../terminal/terminal.ts";

/** `notable`: works, but less well than it could. `broken`: somebody has to do something. */
export interface SearchLine {
  readonly weight: "fine" | "notable" | "broken";
  readonly key: MessageKey;
  readonly params?: Params;
  /** What to do. */
  readonly fix?: MessageKey;
}

/** What searches go by, and what stands in their way, for `doctor`, `status` and `search status`. */
export const describeSearch = (status: SearchStatus): SearchLine[] => {
  const { active, coming, embedder } = status;
  const lines: SearchLine[] = [];
  if (status.vectorsProblem !== null) {
    const params = { reason: status.vectorsProblem };
    lines.push({ weight: "broken", key: "cli.search.no_vectors", params, fix: "cli.search.no_vectors_fix" });
  }
  if (embedder === null) {
    const key = status.choice === "off" ? "cli.search.off" : "cli.search.lexical";
    lines.push({ weight: "fine", key, fix: "cli.search.lexical_fix" });
  } else if (status.problem !== null) {
    const params = { model: embedder, reason: status.problem.message };
    lines.push({ weight: "notable", key: "cli.search.no_answer", params, fix: "cli.search.no_answer_fix" });
  }
  if (active !== null && embedder !== null) lines.push(...describeModel(active, "cli.search.active"));
  if (coming !== null) lines.push(...describeModel(coming, "cli.search.coming"));
  return lines;
};

function describeModel(progress: ModelProgress, key: MessageKey): SearchLine[] {
  const { model, done, total, problem, failing } = progress;
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
  const lines: SearchLine[] = [{ weight: "fine", key, params: { model, done, total, percent } }];
  if (problem?.code === "wrong_dimension") {
    const params = { model, reason: problem.message };
    lines.push({ weight: "broken", key: "cli.search.dimension", params, fix: "cli.search.dimension_fix" });
  } else if (problem !== null) {
    const params = { model, reason: problem.message };
    lines.push({ weight: "notable", key: "cli.search.no_answer", params, fix: "cli.search.no_answer_fix" });
  }
  if (failing.count > 0) {
    const params = { count: failing.count, reason: failing.first[0]?.problem ?? "" };
    lines.push({ weight: "notable", key: "cli.search.failing", params, fix: "cli.search.failing_fix" });
  }
  return lines;
}
