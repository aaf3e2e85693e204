import type { historyEn } from "./history-en.ts";

/** What was said: to be read, taken along and deleted. In Chinese. */
export const historyZh: Record<keyof typeof historyEn, string> = {
  "error.prompt_deleted": "那里的提问内容已被删除，无法再次发送。请作为新消息发送。",
  "policy.keepMessagesDays": "聊天内容的保留天数；null = 永久",
  "cli.describe.history": "所有聊天的历史记录",
  "cli.describe.history_list": "列出有消息的会话，最近的在前",
  "cli.describe.history_show": "显示一个聊天的最近消息",
  "cli.describe.history_export": "将一个聊天的全部内容写到标准输出",
  "cli.describe.history_delete": "删除一个聊天的内容，或其中一条消息",
  "cli.option.history_chat": "聊天：本终端的名称、BOT/CHAT 或 BOT/CHAT/TOPIC",
  "cli.option.history_limit": "数量",
  "cli.option.history_format": "markdown 或 json",
  "cli.option.history_before": "只处理这一天之前的内容（如 2026-01-31，UTC）",
  "cli.option.history_message": "只处理这条消息（按编号）",
  "cli.option.history_yes": "不再询问",
  "cli.history.none": "还没有任何消息。",
  "cli.history.session": "会话",
  "cli.history.title": "标题",
  "cli.history.messages": "消息数",
  "cli.history.last": "最近",
  "cli.history.text": "内容",
  "cli.history.more": "… 还有更多：steward history list --limit {limit}",
  "cli.history.not_a_day": "{day} 不是有效日期；请写成 2026-01-31 的形式。",
  "cli.history.not_a_format": "{format} 不是有效格式：请用 markdown 或 json。",
  "cli.history.confirm":
    "这将永久删除 {session} 中的内容，搜索也无法再找到。确认请加上 --yes 再运行一次；也可先保存副本：steward history export --chat …",
  "cli.history.deleted": "✓ 已删除 {count} 条消息。",
  "cli.history.kept": "{count} 条属于尚未结束的轮次；请在它们结束后再删除。",
  "cli.history.unfiled": "文件、记忆和 Claude 自己的记录仍保留；用 /new 开始一个对此一无所知的新对话。",
};
