import type { archivesEn } from "./archives-en.ts";

/** Packing silent chats away, in Chinese. */
export const archivesZh: Record<keyof typeof archivesEn, string> = {
  "error.archive_not_found": "没有这个归档。用 `steward archive list` 查看现有归档。",
  "error.archive_damaged":
    "无法恢复此聊天已归档的内容：归档缺失或已损坏。请在服务器上修复后重新发送消息；或用 /new 放弃它并继续（不会删除任何东西）。\n{path}",
  "notice.archived":
    "📦 这里已有 {days} 天没有消息，我已将此聊天的文件（{files} 个）和对话打包归档。您的下一条消息会将它们恢复。",
  "policy.keepTurnEventsDays": "已结束轮次的可重放日志保留天数",
  "policy.keepPayloadsDays": "收到的更新原文保留天数",
  "policy.keepAuditDays": "变更记录保留天数",
  "policy.keepApprovalsDays": "审批得到答复后，工具调用内容的保留天数",
  "policy.keepRestoredArchivesDays": "归档恢复后继续保留的天数",
  "cli.describe.archive": "已打包归档的沉默聊天",
  "cli.describe.archive_list": "列出已归档的内容",
  "cli.describe.archive_restore": "恢复归档内容；不会覆盖任何文件",
  "chat.archives_given_up":
    "此聊天已归档的文件和以前的对话无法恢复，聊天将在没有它们的情况下继续。没有删除任何东西：归档修复后，可用 `steward archive restore` 恢复。\n{paths}",
  "cli.describe.archive_forget": "放弃一个归档：聊天不再等待它；归档文件保留",
  "cli.archive.forgotten": "✓ {chat} 将在没有它的情况下继续。归档文件没有删除：{path}",
  "cli.archive.given_up": "已放弃",
  "cli.archive.failed": "{time} 恢复失败",
  "cli.describe.archive_now": "立即归档聊天的工作区和对话记录",
  "cli.argument.archive": "归档编号，或列表中显示的末尾几位",
  "cli.archive.none": "没有归档。",
  "cli.archive.id": "编号",
  "cli.archive.chat": "聊天",
  "cli.archive.files": "文件数",
  "cli.archive.size": "大小",
  "cli.archive.made": "归档时间",
  "cli.archive.restored_at": "恢复时间",
  "cli.archive.path": "归档文件",
  "cli.archive.nothing": "此聊天没有可归档的内容。",
  "cli.archive.packed": "✓ 已归档 {files} 个文件（{size}）：{path}",
  "cli.archive.hint": "该聊天的下一条消息会恢复它们，或运行：steward archive restore {id}",
  "cli.archive.restored": "✓ 已恢复 {chat} 的 {files} 个文件",
  "cli.archive.unknown": "没有（或有多个）归档编号以 {id} 结尾。请查看：steward archive list",
};
