import type { approvalsEn } from "./approvals-en.ts";

/** What is said about approvals, in Chinese. */
export const approvalsZh: Record<keyof typeof approvalsEn, string> = {
  "error.approval_decided": "此请求之前已有答复，本次未作任何更改。",
  "error.approval_expired":
    "此请求已过期：无人及时答复，或 Steward 已重启。按拒绝处理；如仍需要，请重新提出。",
  "error.approval_withdrawn": "提出此请求的任务已经结束，无需再答复。",
  "notice.approval_expired": "⌛ {minutes} 分钟内无人答复，因此未执行：{call}\n如仍需要，请重新提出。",
};
