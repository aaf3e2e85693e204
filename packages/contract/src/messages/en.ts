import { accessEn } from "./access-en.ts";
import { approvalsEn } from "./approvals-en.ts";
import { archivesEn } from "./archives-en.ts";
import { botEn } from "./bot-en.ts";
import { brakesEn } from "./brakes-en.ts";
import { cliEn } from "./cli-en.ts";
import { commandsEn } from "./commands-en.ts";
import { durabilityEn } from "./durability-en.ts";
import { embeddingEn } from "./embedding-en.ts";
import { filesEn } from "./files-en.ts";
import { historyEn } from "./history-en.ts";
import { lifecycleEn } from "./lifecycle-en.ts";
import { memoryCliEn } from "./memory-cli-en.ts";
import { memoryEn } from "./memory-en.ts";
import { modelsEn } from "./models-en.ts";
import { plansEn } from "./plans-en.ts";
import { projectsEn } from "./projects-en.ts";
import { questionsEn } from "./questions-en.ts";
import { queueEn } from "./queue-en.ts";
import { recallEn } from "./recall-en.ts";
import { sandboxEn } from "./sandbox-en.ts";
import { searchEn } from "./search-en.ts";
import { statusEn } from "./status-en.ts";
import { webEn } from "./web-en.ts";

/** What Steward itself says, in English. Placeholders stand in braces. */
export const en = {
  "error.cli_not_found":
    "Claude Code was not found on the server. Install it or set CLAUDE_BIN, then run `steward doctor`.",
  "error.cli_too_old":
    "Claude Code {version} is too old for Steward (it needs {minimum} or newer). Update it, then send your message again.",
  "error.cli_not_logged_in":
    "Claude Code is not logged in. On the server, run `claude` and use /login (or set ANTHROPIC_API_KEY), then send your message again.",
  "error.cli_spawn_failed":
    "Claude Code could not be started. Run `steward doctor` on the server to see why.",
  "error.cli_exited": "Claude Code ended unexpectedly. Your conversation is kept; send your message again.",
  "error.cli_no_answer": "Claude Code finished without an answer. Please send your message again.",
  "error.cli_first_event_timeout":
    "Claude Code did not react within {seconds} s and was stopped. Please send your message again.",
  "error.cli_silent":
    "Claude Code was silent for {seconds} s and was stopped. Please send your message again.",
  "error.cli_tool_silent": "A tool ran for {seconds} s without a sign of life, so the turn was stopped.",
  "error.model_rate_limit": "The model is limiting requests right now. Please try again in a minute.",
  "error.model_usage_limit": "Your Claude usage limit is reached{resets}. Please try again after that.",
  "error.model_billing": "The Anthropic account has no credit left. Top it up, then send your message again.",
  "error.model_not_found":
    "The model “{model}” is not available to this account. Choose another one with /model (in a terminal: `steward model`), or go back with `/model default`.",
  "error.model_overloaded": "The model is overloaded right now. Please try again in a minute.",
  "error.model_unreachable": "The model could not be reached. Check the server's network, then try again.",
  "error.model_error": "The model reported an error: {reason}",
  "error.prompt_too_long": "This is too long for one message. Shorten it, or start afresh with /new.",
  "error.low_memory": "The server is short of memory ({freeMb} MB free). Please try again later.",
  "error.queue_full": "Too many messages are waiting. Please try again when some are answered.",
  "error.queue_wait_timeout": "Waited {seconds} s for a free place in vain. Please try again.",
  "error.interrupted_by_restart":
    "Steward was restarted while working on this, so it is unfinished. Tools may already have run.",
  "error.turn_cancelled": "⏹ Stopped.",
  "error.session_reset": "⏹ Stopped: a new conversation was started.",
  "error.internal_error": "Something went wrong inside Steward. It is in the log; please try again.",
  "turn.partial": "What was done so far:",
  "turn.cut":
    "✂️ This answer is too long to be shown whole ({megabytes} MB). All of it is in your workspace: {path}",
  "turn.cut_lost": "✂️ This answer is too long to be shown whole, and the rest could not be kept ({reason}).",
  "turn.empty": "(no text in the answer)",
  "turn.continue_prompt":
    "You were interrupted while working on my last message. Look at what is already done, then go on from there without repeating finished steps.",
  "notice.context_lost":
    "The earlier conversation could not be restored, so this answer starts without its context.",
  "pairing.second_person":
    "{count} people now share this bot. A Claude subscription is for one person: with more, use an API key (ANTHROPIC_API_KEY).",
  ...accessEn,
  ...approvalsEn,
  ...botEn,
  ...brakesEn,
  ...cliEn,
  ...commandsEn,
  ...sandboxEn,
  ...searchEn,
  ...statusEn,
  ...lifecycleEn,
  ...plansEn,
  ...projectsEn,
  ...queueEn,
  ...recallEn,
  ...questionsEn,
  ...archivesEn,
  ...memoryEn,
  ...memoryCliEn,
  ...modelsEn,
  ...filesEn,
  ...historyEn,
  ...durabilityEn,
  ...embeddingEn,
  ...webEn,
} as const;
