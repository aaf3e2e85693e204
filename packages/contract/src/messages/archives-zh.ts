import type { archivesEn } from "./archives-en.ts";

/** Packing silent chats away, in Chinese. */
export const archivesZh: Record<keyof typeof archivesEn, string> = {
  "error.archive_not_found": "没有这个归档。用 `steward archive list` 查看现有归档。",
  "error.archive_damaged":
    "无法恢复此聊天已归档的内容：归档缺失、损坏或磁盘空间不足。请在服务器上查看后重新发送消息；或查看 `steward archive list` 后用 /new 重新开始。\n{path}",
  "notice.archived":
    "📦 这里已有 {days} 天没有消息，我已将此聊天的文件（{files} 个）和对话打包归档。您的下一条消息会将它们恢复。",
  "policy.keepTurnEventsDays": "已结束轮次的可重放日志保留天数",
  "policy.keepPayloadsDays": "收到的更新原文保留天数",
  "policy.keepAuditDays": "变更记录保留天数",
  "policy.keepRestoredArchivesDays": "归档恢复后继续保留的天数",
  "cli.describe.archive": "已打包归档的沉默聊天",
  "cli.describe.archive_list": "列出已归档的内容",
  "cli.describe.archive_restore": "恢复归档内容；不会覆盖任何文件",
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
