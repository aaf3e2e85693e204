import type { filesEn } from "./files-en.ts";

/** What is said about files, in Chinese. */
export const filesZh: Record<keyof typeof filesEn, string> = {
  "error.upload_incomplete": "上传中途断开，没有保留任何内容。请重新发送这个文件。",
  "error.upload_too_slow": "上传太慢，已放弃，没有保留任何内容。请重新发送。",
  "error.file_place_unsafe": "工作区里存放文件的目录是链接或普通文件。请先在服务器上把它移走，然后重试。",
  "error.file_changed": "这个文件之后在工作区里被改动或移走了。请重新要一份。",
  "error.file_empty": "文件是空的，请发送有内容的文件。",
  "error.file_is_program": "不接收程序文件（{kind}）。如果想让 Claude 查看，请先打包成压缩档。",
  "error.file_quota_full":
    "本聊天的文件已占用 {usedMb} MB，上限 {quotaMb} MB。请删除一些，或调高策略 fileQuotaMb。",
  "error.payload_too_large": "超过了 {limitMb} MB，请发送小一些的内容。",
  "error.storage_full": "服务器磁盘已满。请腾出一些空间后再试。",
  "error.attachment_too_large":
    "它超过 {limitMb} MB，这是 Telegram 在此处能交给机器人的上限。请拆分后发送或改发链接；也可以运行本地 Bot API 服务器（见 docs/telegram.md），上限即为 2,000 MB。",
  "error.attachment_unavailable": "Telegram 已不再提供这个文件，请重新发送。",
  "error.attachment_unreachable": "暂时无法从 Telegram 取得它，请过一会儿重新发送。",
  "error.attachment_place_unsafe":
    "本地 Bot API 服务器给出的位置不在 TELEGRAM_LOCAL_FILES_ROOT 之内。请把它设为该服务器的目录，然后重新发送文件。",
  "error.attachment_late": "{minutes} 分钟内没有收到它，请重新发送。",
  "error.attachments_missing": "没有可以处理的内容。",
  "voice.not_understood": "🎤 没能听清你说的内容，录音已作为文件交给 Claude。",
  "cli.doctor.voice_off": "语音消息作为文件交给 Claude（用 STEWARD_TRANSCRIPTION 可转成文字）",
  "cli.doctor.voice_openai": "语音消息由 {detail} 转写",
  "cli.doctor.voice_command": "语音消息由命令 {detail} 转写",
  "cli.doctor.voice_not_found": "找不到转写语音的命令：{detail}",
  "cli.doctor.voice_not_found_fix": "在 STEWARD_TRANSCRIPTION_COMMAND 里填入正确的命令，然后重启",
  "policy.fileQuotaMb": "发到一个聊天的文件总共可占用多少 MB",
  "file.too_large": "📎 {path} 有 {sizeMb} MB，Telegram 最多接收 {limitMb} MB，所以它留在服务器上。",
  "file.not_plain": "📎 {path} 没有发送：只发送普通文件，不发送目录或链接。可以让我打包或复制一份。",
  "file.more": "📎 {path} 里还有 {count} 个文件在等待，会随下一条回答发出；打成压缩档会更快。",
  "file.possibly_delivered": "⚠️ 发送 {name} 时连接中断，无法确定是否送达。如果没有收到，请再发一次。",
  "file.undeliverable": "⚠️ Telegram 不接收 {name}：{reason}",
  "bot.button.resend": "📎 再发一次",
  "bot.toast.resending": "📎 正在重新发送…",
  "cli.option.chat_file": "随消息附上的文件，可多次使用",
  "cli.help.example_file": "查看一个文件",
  "cli.chat.uploaded": "📎 已附上：{name} → {path}",
  "cli.chat.file_sent": "📎 给你的文件：{name}（{size}），位于工作区的 {path}",
  "cli.chat.not_a_file": "不是普通文件",
  "cli.chat.file_unreadable": "无法读取 {path}：{reason}。没有发送任何内容。",
  "cli.chat.too_many_files": "一条消息最多带 {max} 个文件。没有发送任何内容。",
};
