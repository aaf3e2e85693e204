import { accessZh } from "./access-zh.ts";
import { approvalsZh } from "./approvals-zh.ts";
import { archivesZh } from "./archives-zh.ts";
import { botZh } from "./bot-zh.ts";
import { brakesZh } from "./brakes-zh.ts";
import type { MessageKey } from "./catalogue.ts";
import { cliZh } from "./cli-zh.ts";
import { commandsZh } from "./commands-zh.ts";
import { durabilityZh } from "./durability-zh.ts";
import { embeddingZh } from "./embedding-zh.ts";
import { filesZh } from "./files-zh.ts";
import { historyZh } from "./history-zh.ts";
import { lifecycleZh } from "./lifecycle-zh.ts";
import { memoryCliZh } from "./memory-cli-zh.ts";
import { memoryZh } from "./memory-zh.ts";
import { modelsZh } from "./models-zh.ts";
import { plansZh } from "./plans-zh.ts";
import { projectsZh } from "./projects-zh.ts";
import { questionsZh } from "./questions-zh.ts";
import { queueZh } from "./queue-zh.ts";
import { recallZh } from "./recall-zh.ts";
import { sandboxZh } from "./sandbox-zh.ts";
import { searchZh } from "./search-zh.ts";
import { statusZh } from "./status-zh.ts";
import { webZh } from "./web-zh.ts";

/** What Steward itself says, in Chinese. */
export const zh: Record<MessageKey, string> = {
  "error.cli_not_found": "服务器上找不到 Claude Code。请安装它或设置 CLAUDE_BIN，然后运行 `steward doctor`。",
  "error.cli_too_old": "Claude Code {version} 版本太旧（需要 {minimum} 或更新）。请更新后重新发送消息。",
  "error.cli_not_logged_in":
    "Claude Code 尚未登录。请在服务器上运行 `claude` 并使用 /login（或设置 ANTHROPIC_API_KEY），然后重新发送消息。",
  "error.cli_spawn_failed": "无法启动 Claude Code。请在服务器上运行 `steward doctor` 查看原因。",
  "error.cli_exited": "Claude Code 意外退出。对话已保留，请重新发送消息。",
  "error.cli_no_answer": "Claude Code 没有给出回答就结束了。请重新发送消息。",
  "error.cli_first_event_timeout": "Claude Code 在 {seconds} 秒内没有反应，已被停止。请重新发送消息。",
  "error.cli_silent": "Claude Code 已沉默 {seconds} 秒，已被停止。请重新发送消息。",
  "error.cli_tool_silent": "某个工具运行了 {seconds} 秒没有任何动静，本轮已停止。",
  "error.model_rate_limit": "模型正在限制请求频率，请一分钟后再试。",
  "error.model_usage_limit": "您的 Claude 用量已达上限{resets}。请在此之后再试。",
  "error.model_billing": "Anthropic 账户余额不足。请充值后重新发送消息。",
  "error.model_not_found":
    "此账户无法使用模型“{model}”。请用 /model 选择其他模型（终端中：`steward model`），或用 `/model default` 恢复默认。",
  "error.model_overloaded": "模型当前过载，请一分钟后再试。",
  "error.model_unreachable": "无法连接模型。请检查服务器网络后再试。",
  "error.model_error": "模型报告错误：{reason}",
  "error.prompt_too_long": "内容太长，无法在一条消息中处理。请缩短，或用 /new 重新开始。",
  "error.low_memory": "服务器内存不足（剩余 {freeMb} MB）。请稍后再试。",
  "error.queue_full": "等待的消息太多。请等部分消息得到回答后再试。",
  "error.queue_wait_timeout": "等待空位 {seconds} 秒未果。请再试一次。",
  "error.interrupted_by_restart": "处理此消息时 Steward 重启了，因此没有完成。工具可能已经执行过。",
  "error.turn_cancelled": "⏹ 已停止。",
  "error.session_reset": "⏹ 已停止：已开始新的对话。",
  "error.internal_error": "Steward 内部出错，详情在日志中。请再试一次。",
  "turn.partial": "目前已完成的部分：",
  "turn.cut": "✂️ 回答太长（{megabytes} MB），无法全部显示。完整内容保存在您的工作区：{path}",
  "turn.cut_lost": "✂️ 回答太长，无法全部显示，其余内容未能保存（{reason}）。",
  "turn.empty": "（回答中没有文字）",
  "turn.continue_prompt":
    "你在处理我上一条消息时被中断了。请先查看已经完成的内容，然后从那里继续，不要重复已完成的步骤。",
  "notice.context_lost": "无法恢复之前的对话，因此本次回答不含其上下文。",
  "pairing.second_person":
    "现在有 {count} 人共用此机器人。Claude 订阅仅供一人使用：多人使用请改用 API 密钥（ANTHROPIC_API_KEY）。",
  ...accessZh,
  ...approvalsZh,
  ...botZh,
  ...brakesZh,
  ...cliZh,
  ...commandsZh,
  ...sandboxZh,
  ...searchZh,
  ...statusZh,
  ...lifecycleZh,
  ...plansZh,
  ...projectsZh,
  ...queueZh,
  ...recallZh,
  ...questionsZh,
  ...archivesZh,
  ...memoryZh,
  ...memoryCliZh,
  ...modelsZh,
  ...filesZh,
  ...historyZh,
  ...durabilityZh,
  ...embeddingZh,
  ...webZh,
};
