import { describeSearch } from "../../search/describe-search.ts";
import type { ServiceProbe } from "../../service/probe.ts";
import { type Finding, msg, ok, problem, warning } from "../finding.ts";

const FINDINGS = { fine: ok, notable: warning, broken: problem } as const;

/**
 * By what the running service searches. Without an embedding model it finds by words alone, which is no fault; when it
 * cannot compare vectors, that is one.
 */
export function checkSearch(probe: ServiceProbe): Finding[] {
  if (probe.state !== "up" || probe.inside === null) return [];
  const { search, embedding } = probe.inside.system;
  const vectors =
    search.vectorProblem === null
      ? []
      : [
          problem(
            "search",
            msg("cli.doctor.vectors_unavailable", { reason: search.vectorProblem }),
            msg("cli.doctor.vectors_unavailable_fix"),
          ),
        ];
  const lines = embedding === null ? [] : describeSearch({ ...embedding, vectorsProblem: null });
  return [
    ...vectors,
    ...lines.map(({ weight, key, params, fix }) =>
      FINDINGS[weight]("search", msg(key, params), fix === undefined ? undefined : msg(fix)),
    ),
  ];
}
