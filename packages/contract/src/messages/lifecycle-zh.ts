import type { lifecycleEn } from "./lifecycle-en.ts";

export const lifecycleZh: Record<keyof typeof lifecycleEn, string> = {
  "notice.low_memory": "服务器内存仅剩 {freeMb} MB，您的消息正在等待，内存充足后会自动得到回答。",
  "notice.session_renewed":
    "Claude 之前的会话无法继续，已由新会话接手。它了解本次对话最近的消息，但不知道全部细节。",
};
