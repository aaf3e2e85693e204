/** What is said about files, in English. Placeholders stand in braces. */
export const filesEn = {
  "error.upload_incomplete":
    "The upload broke off before its end. Nothing was kept; please send the file again.",
  "error.upload_too_slow":
    "The upload was too slow and was given up. Nothing was kept; please send it again.",
  "error.file_place_unsafe":
    "The workspace's folder for files is a link or a file. Move it away on the server, then try again.",
  "error.file_changed": "The file was changed or taken away in the workspace since then. Ask for it again.",
  "error.file_empty": "The file is empty. Please send one with content.",
  "error.file_is_program":
    "Programs are not taken ({kind}). Put it into an archive if Claude is to look at it.",
  "error.file_quota_full":
    "The files of this chat already take {usedMb} of {quotaMb} MB. Delete some, or raise the policy fileQuotaMb.",
  "error.payload_too_large": "This is larger than {limitMb} MB. Please send something smaller.",
  "error.storage_full": "The server's disk is full. Free some space, then try again.",
  "error.attachment_too_large":
    "It is larger than {limitMb} MB, the most that Telegram hands to bots here. Send it in parts or as a link, or run a local Bot API server (docs/telegram.md): then up to 2,000 MB come through.",
  "error.attachment_unavailable": "Telegram does not hand this file out any more. Please send it again.",
  "error.attachment_unreachable": "Telegram could not be reached for it. Please send it again in a while.",
  "error.attachment_place_unsafe":
    "The local Bot API server names a place outside TELEGRAM_LOCAL_FILES_ROOT. Set that to the server's directory, then send the file again.",
  "error.attachment_late": "It did not arrive within {minutes} minutes. Please send it again.",
  "error.attachments_missing": "Nothing was left to work with.",
  "voice.not_understood": "🎤 I could not make out what you said. Claude gets the recording as a file.",
  "cli.doctor.voice_off":
    "Voice messages come to Claude as files (STEWARD_TRANSCRIPTION turns them into text)",
  "cli.doctor.voice_openai": "Voice messages are transcribed by {detail}",
  "cli.doctor.voice_command": "Voice messages are transcribed by the command {detail}",
  "cli.doctor.voice_not_found": "The command for voice messages is not there: {detail}",
  "cli.doctor.voice_not_found_fix": "Put the right one into STEWARD_TRANSCRIPTION_COMMAND and restart",
  "policy.fileQuotaMb": "how many megabytes the files sent to a chat may take together",
  "file.too_large":
    "📎 {path} is {sizeMb} MB. Telegram takes at most {limitMb} MB, so it stays on the server.",
  "file.not_plain":
    "📎 {path} was not sent: only plain files are, no folders or links. Ask for an archive or a copy.",
  "file.more":
    "📎 {count} more files are waiting in {path}. They go out with the next answer; an archive would be quicker.",
  "file.possibly_delivered":
    "⚠️ I cannot tell whether {name} arrived: the connection broke while I was sending it. If it is missing, send it again.",
  "file.undeliverable": "⚠️ Telegram does not take {name}: {reason}",
  "bot.button.resend": "📎 Send again",
  "bot.toast.resending": "📎 Sending again…",
  "cli.option.chat_file": "a file to send along; may be given several times",
  "cli.help.example_file": "look at a file",
  "cli.chat.uploaded": "📎 Sent along: {name} → {path}",
  "cli.chat.file_sent": "📎 A file for you: {name} ({size}), in the workspace at {path}",
  "cli.chat.not_a_file": "it is not a file",
  "cli.chat.file_unreadable": "{path} cannot be read: {reason}. Nothing was sent.",
  "cli.chat.too_many_files": "At most {max} files go with one message. Nothing was sent.",
} as const;
