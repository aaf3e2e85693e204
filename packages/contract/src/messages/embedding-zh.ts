import type { embeddingEn } from "./embedding-en.ts";

/** What is said about embedding models, in Chinese. */
export const embeddingZh: Record<keyof typeof embeddingEn, string> = {
  "error.no_embedder":
    "没有可用的嵌入模型，无法生成向量。请先配置一个（`steward doctor` 会说明方法），然后重试。",
};
