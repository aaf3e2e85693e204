import type { memoryEn } from "./memory-en.ts";

/** What is remembered, and the words about it, in Chinese. */
export const memoryZh: Record<keyof typeof memoryEn, string> = {
  "error.memory_not_found": "这里没有（或已不再有）这条记忆。",
  "error.memory_exists": "“{key}”下已有一条记忆。请修改那一条，或换一个名称。",
  "error.memory_changed": "这条记忆刚才已被更改，因此没有执行。请重新查看。",
  "error.memory_full": "每个机器人最多保存 {limit} 条记忆，现已满。请先忘记一些再试。",
  "policy.keepForgottenDays": "已忘记的记忆可恢复的天数",
  "policy.keepMemoryChangesDays": "记忆的修改记录保留的天数",
  "policy.rememberSentences": "直接写“记住……”即可立即生效",
  "memory.said.remembered": "🧠 已记住：{content}",
  "memory.said.known": "🧠 这个我已经记着了：{content}",
  "memory.said.forgotten": "🗑 已忘记：{content}",
};
