import type { plansEn } from "./plans-en.ts";

/** Plans that wait for a person's word, in Chinese. */
export const plansZh: Record<keyof typeof plansEn, string> = {
  "plan.how": "📋 要按此执行吗？请点“同意执行”或回复“执行”；回复其他内容则会修改计划。",
  "plan.toast.confirmed": "✅ 开始执行。",
  "plan.toast.revise": "✏️ 请写下需要修改的地方。",
  "plan.toast.gone": "这份计划已有决定或已过期。",
  "bot.command.confirm": "执行等待确认的计划",
  "plan.none": "这里没有等待确认的计划。",
};
