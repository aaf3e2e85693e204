import type { lifecycleEn } from "./lifecycle-en.ts";

export const lifecycleZh: Record<keyof typeof lifecycleEn, string> = {
  "error.turn_too_long": "此任务已运行 {minutes} 分钟，达到无人等待任务的时间上限，已被停止。",
  "error.session_too_large":
    "此任务占用的内存超过 {limitMb} MB，已被停止，以免影响其他工作。请分成较小的步骤再试。",
  "error.turn_given_up": "此任务已启动 {attempts} 次仍未完成，不会再自动尝试。如仍需要，请重新发送。",
  "notice.low_memory": "服务器内存仅剩 {freeMb} MB，您的消息正在等待，内存充足后会自动得到回答。",
  "notice.background_over_cap": "⏹ 后台任务已停止。{reason}",
  "notice.background_ended": "后台任务已随其 Claude 会话一起结束。如仍需要，请重新提出。{tasks}",
  "notice.session_renewed":
    "Claude 之前的会话无法继续，已由新会话接手。它了解本次对话最近的消息，但不知道全部细节。",
};
