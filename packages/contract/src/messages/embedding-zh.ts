import type { embeddingEn } from "./embedding-en.ts";

/** What is said about embedding models, in Chinese. */
export const embeddingZh: Record<keyof typeof embeddingEn, string> = {
  "error.no_embedder":
    "没有可用的嵌入模型，无法生成向量。请先配置一个（`steward doctor` 会说明方法），然后重试。",
  "cli.describe.search": "搜索用的是什么",
  "cli.describe.search_status": "嵌入模型及其进度",
  "cli.describe.search_reindex": "全部重新生成向量；期间搜索照常",
  "cli.search.lexical": "搜索：关键词 + 模糊匹配（未配置嵌入模型）",
  "cli.search.off": "搜索：关键词 + 模糊匹配（已用 STEWARD_EMBEDDER=off 关闭嵌入）",
  "cli.search.lexical_fix":
    "想按语义搜索：安装 Ollama（https://ollama.com），中文及其他语言运行 `ollama pull bge-m3`，英文运行 `ollama pull nomic-embed-text`。装好后会自动发现；也可用 OLLAMA_EMBED_MODEL 指定模型",
  "cli.search.active": "搜索：按语义和关键词，模型 {model}（已完成 {done}/{total} 条，{percent}%）",
  "cli.search.coming": "正在为新的嵌入模型 {model} 生成向量（已完成 {done}/{total} 条，{percent}%）",
  "cli.search.no_answer": "嵌入模型 {model} 没有响应（{reason}）；恢复之前只按关键词搜索",
  "cli.search.no_answer_fix":
    "请确认它在运行并且已下载该模型（`ollama list`），或换一个（OLLAMA_BASE_URL、OLLAMA_EMBED_MODEL）。积压的内容会自动补上",
  "cli.search.dimension": "{model} 现在生成的向量长度不同了（{reason}）；新内容无法按语义搜索",
  "cli.search.dimension_fix": "请全部重新生成：steward search reindex",
  "cli.search.failing": "有 {count} 条内容无法生成向量（{reason}）；它们仍可按关键词找到",
  "cli.search.failing_fix": "会自动重试；`steward search status --json` 会列出它们",
  "cli.search.no_vectors": "无法使用向量扩展：{reason}",
  "cli.search.no_vectors_fix": "请重新安装依赖（`npm start` 会自动安装）；在此之前只按关键词搜索",
  "cli.search.reindexing":
    "✓ 正在用 {model} 全部重新生成向量。`steward search status` 可查看进度；期间搜索照常。",
  "cli.describe.memory_eval": "用各个嵌入模型查找记忆的效果对比",
  "cli.option.eval_file": "自备问题：JSON 列表，每项为 { question, memory: { key, content } }",
  "cli.option.eval_embedder": "另外要评测的模型（可重复）",
  "cli.memory_eval.running": "正在评测；如需先加载模型，会花一些时间……",
  "cli.memory_eval.bad_file": "无法使用 {path}：{reason}",
  "cli.memory_eval.embedder": "嵌入模型",
  "cli.memory_eval.none": "无（仅关键词）",
  "cli.memory_eval.pairs": "共 {pairs} 个问题。RECALL@k：目标记忆排在前 k 名的比例；MRR：名次倒数的平均值。",
};
