import { z } from "zod";

/**
 * Every expected failure, with the HTTP status it is told by. The code is the stable name: clients switch on it and the
 * message catalogue has a sentence for it in each language.
 */
export const ERROR_STATUS = {
  // what the caller did
  unauthorized: 401,
  forbidden: 403,
  host_not_allowed: 403,
  origin_not_allowed: 403,
  browser_unclear: 403,
  web_code_invalid: 404,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  idempotency_mismatch: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  validation_failed: 422,
  too_many_requests: 429,
  prompt_deleted: 410,
  queue_full: 429,
  rate_limited: 429,
  // projects, worktrees and conversations
  chat_busy: 409,
  project_not_found: 404,
  project_exists: 409,
  project_path_missing: 422,
  project_path_private: 422,
  project_path_home: 422,
  project_not_git: 409,
  project_removed: 409,
  directory_gone: 409,
  conversation_not_found: 404,
  worktree_none: 409,
  worktree_not_clean: 409,
  archive_not_found: 404,
  archive_damaged: 500,
  git_missing: 503,
  git_failed: 502,
  owner_only: 403,
  policy_changed: 409,
  // memories
  memory_not_found: 404,
  memory_exists: 409,
  memory_changed: 409,
  memory_full: 409,
  // what stands in the way here
  internal_error: 500,
  not_ready: 503,
  shutting_down: 503,
  database_busy: 503,
  storage_full: 507,
  search_busy: 503,
  search_timed_out: 504,
  search_failed: 500,
  no_embedder: 409,
  // why a file was not taken, or cannot be had
  upload_incomplete: 400,
  upload_too_slow: 408,
  file_place_unsafe: 409,
  file_changed: 409,
  file_empty: 422,
  file_is_program: 422,
  file_quota_full: 507,
  attachment_too_large: 413,
  attachment_unavailable: 502,
  attachment_unreachable: 504,
  attachment_place_unsafe: 409,
  attachment_late: 504,
  attachments_missing: 422,
  // why a turn ended badly (told in the chat; over HTTP as part of the turn)
  cli_not_found: 503,
  cli_too_old: 503,
  cli_not_logged_in: 503,
  cli_spawn_failed: 503,
  sandbox_required: 503,
  cli_exited: 502,
  cli_no_answer: 502,
  cli_first_event_timeout: 504,
  cli_silent: 504,
  cli_tool_silent: 504,
  turn_too_long: 504,
  session_too_large: 507,
  turn_given_up: 500,
  model_rate_limit: 502,
  model_usage_limit: 502,
  model_billing: 502,
  model_not_found: 502,
  model_overloaded: 502,
  model_unreachable: 502,
  model_error: 502,
  prompt_too_long: 422,
  low_memory: 503,
  queue_wait_timeout: 503,
  interrupted_by_restart: 503,
  turn_cancelled: 409,
  turn_overtaken: 409,
  turn_dropped: 409,
  session_reset: 409,
  approval_decided: 409,
  approval_expired: 410,
  approval_withdrawn: 410,
  stopped_by_panic: 409,
  queue_held: 503,
  budget_exceeded: 402,
  budget_exceeded_turn: 402,
  pairing_code_invalid: 404,
  pairing_too_many: 429,
  pairing_refused: 403,
  invitation_invalid: 404,
  invitation_guesses: 429,
  last_owner: 409,
  person_not_found: 404,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/**
 * An expected failure. `detail` is a sentence for a person; `params` fill the message catalogue's placeholders, also those
 * of a client's in another language: they go over the wire and hold no secrets.
 */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly params: Readonly<Record<string, string | number>>;

  constructor(
    code: ErrorCode,
    detail: string,
    options: { cause?: unknown; params?: Record<string, string | number> } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "DomainError";
    this.code = code;
    this.params = options.params ?? {};
  }
}

/** The body of every refusal. For `validation_failed` the detail is a list of problems, else one sentence. */
export const errorBodySchema = z.object({
  detail: z.union([
    z.string(),
    z.array(
      z.object({
        type: z.string(),
        loc: z.array(z.union([z.string(), z.number()])),
        msg: z.string(),
        input: z.unknown().optional(),
      }),
    ),
  ]),
  code: z.string(),
  params: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .optional()
    .describe("what the sentence of the code names: seconds, limits, paths; never a secret"),
});
export type ErrorBody = z.infer<typeof errorBodySchema>;
