import type { usageEn } from "./usage-en.ts";

/** 用量页，中文。 */
export const usageZh: Record<keyof typeof usageEn, string> = {
  "usage.about": "各轮的用量。费用由 Claude Code 估算；订阅并不按此计费。",
  "usage.range": "时间范围",
  "usage.last_days": "最近 {count} 天",
  "usage.of": "使用者",
  "usage.nothing": "这段时间没有用量",
  "usage.nothing_text": "每一轮的费用和 token 都会显示在这里。请选择更长的时间，或给助手发一条消息。",
  "usage.metric_cost": "费用",
  "usage.metric_turns": "轮数",
  "usage.metric_tokens": "token",
  "usage.cache": "缓存命中",
  "usage.by_day": "按天（UTC）",
  "usage.by_model": "按模型",
  "usage.by_chat": "按聊天",
  "usage.shown": "显示内容",
  "usage.as_table": "以表格显示",
  "usage.day": "日期",
  "usage.model_unknown": "未知模型",
  "usage.caps": "上限",
  "usage.spent_today": "今天已用 {spent}，上限 {cap}",
};
