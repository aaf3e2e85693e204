import { ENDPOINTS } from "@steward/contract/endpoints";
import type { EmbeddingPipeline } from "@steward/core/search/embedding-pipeline";
import type { Mount } from "../http/mount.ts";

export function mountSearchStatus(
  mount: Mount,
  { embedding }: { embedding: Pick<EmbeddingPipeline, "status" | "reindex"> },
): void {
  mount.json(ENDPOINTS.getSearchStatus, () => embedding.status());
  mount.json(ENDPOINTS.reindexSearch, () => embedding.reindex());
}
