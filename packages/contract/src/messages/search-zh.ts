import type { searchEn } from "./search-en.ts";

/** What is said about searching, in Chinese. */
export const searchZh: Record<keyof typeof searchEn, string> = {
  "error.search_busy": "同时进行的搜索太多了，请稍后再试。",
  "error.search_timed_out": "搜索用时过长，已放弃。请换用更少或更具体的关键词再试。",
  "error.search_failed": "搜索失败，请重试；如果一直失败，请在服务器上运行 `steward doctor`。",
  "cli.doctor.vectors_unavailable": "数据库的向量扩展无法使用（{reason}）：目前只能按关键词搜索",
  "cli.doctor.vectors_unavailable_fix":
    "运行一次 `npm start` 重新安装 Steward 的依赖。如果本系统没有现成的 sqlite-vec，请用 STEWARD_VECTOR_EXTENSION 指定一个，然后重启。",
};
