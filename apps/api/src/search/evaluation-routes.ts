import { ENDPOINTS } from "@steward/contract/endpoints";
import type { SearchEvaluation } from "@steward/core/search/search-evaluation";
import type { Mount } from "../http/mount.ts";

export function mountEvaluation(mount: Mount, { evaluation }: { evaluation: SearchEvaluation }): void {
  mount.json(ENDPOINTS.evaluateMemory, ({ body }) => evaluation.evaluate(body.pairs ?? null, body.embedders));
}
