/** What a button of ours asks for. The turn or delivery it belongs to is named, so that an old button stays harmless. */
export type ButtonAction =
  | { kind: "stop"; turnId: string }
  | { kind: "retry"; turnId: string }
  | { kind: "continue"; turnId: string }
  | { kind: "resend"; fileId: string }
  /** Of a turn that waits: it goes first, or not at all. */
  | { kind: "advance"; turnId: string }
  | { kind: "drop"; turnId: string }
  /** Of a message whose edit came too late. */
  | { kind: "run_edited"; messageId: number }
  /** Of the turn whose answer is a plan. */
  | { kind: "confirm_plan"; turnId: string }
  | { kind: "revise_plan"; turnId: string }
  | { kind: "run_queue" }
  | { kind: "drop_queue" }
  | { kind: "forget"; memoryId: number }
  /** Null: back to the default. */
  | { kind: "model"; model: string | null }
  /** Null: the chat's own workspace. */
  | { kind: "project"; name: string | null }
  | { kind: "conversation"; conversationId: string }
  /** A message that a search has found, by its number in the history. */
  | { kind: "found"; messageId: number };

/** Telegram's limit is 64 bytes: one letter, a colon and a UUID are 38. */
const CODES = {
  stop: "s",
  retry: "r",
  continue: "c",
  run_queue: "q",
  drop_queue: "d",
  model: "m",
  project: "p",
  conversation: "v",
  resend: "f",
  advance: "n",
  drop: "x",
  confirm_plan: "g",
  revise_plan: "w",
  run_edited: "e",
  found: "h",
  forget: "z",
} as const satisfies Record<ButtonAction["kind"], string>;

/** As the contract's policy takes it; longer ones do not fit a button. */
const MODEL = /^m:([A-Za-z0-9][A-Za-z0-9._:/[\]-]{0,60})?$/;
/** As the contract takes a project's name. */
const PROJECT = /^p:([A-Za-z0-9][A-Za-z0-9._-]{0,39})?$/;
const FORGET = /^z:([1-9]\d{0,15})$/;
const EDITED = /^e:([1-9]\d{0,15})$/;
const FOUND = /^h:([1-9]\d{0,15})$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A button's `callback_data`: at most 42 bytes of ASCII, or as long as a model's name makes it. */
export function formatCallbackData(action: ButtonAction): string {
  if (action.kind === "model") return `${CODES.model}:${action.model ?? ""}`;
  if (action.kind === "project") return `${CODES.project}:${action.name ?? ""}`;
  if (action.kind === "conversation") return `${CODES.conversation}:${action.conversationId}`;
  if (action.kind === "run_edited") return `${CODES.run_edited}:${action.messageId}`;
  if (action.kind === "found") return `${CODES.found}:${action.messageId}`;
  if (action.kind === "forget") return `${CODES.forget}:${action.memoryId}`;
  if (action.kind === "resend") return `${CODES.resend}:${action.fileId}`;
  return "turnId" in action ? `${CODES[action.kind]}:${action.turnId}` : CODES[action.kind];
}

/** Null for anything that no version of ours wrote. */
export function parseCallbackData(data: string): ButtonAction | null {
  const model = MODEL.exec(data);
  if (model !== null) return { kind: "model", model: model[1] || null };
  const project = PROJECT.exec(data);
  if (project !== null) return { kind: "project", name: project[1] ?? null };
  const edited = EDITED.exec(data);
  if (edited !== null) return { kind: "run_edited", messageId: Number(edited[1]) };
  const found = FOUND.exec(data);
  if (found !== null) return { kind: "found", messageId: Number(found[1]) };
  const forget = FORGET.exec(data);
  if (forget !== null) return { kind: "forget", memoryId: Number(forget[1]) };
  const [code, turnId = "", ...rest] = data.split(":");
  if (rest.length > 0) return null;
  if (turnId === "") {
    if (code === CODES.run_queue) return { kind: "run_queue" };
    return code === CODES.drop_queue ? { kind: "drop_queue" } : null;
  }
  if (!UUID.test(turnId)) return null;
  if (code === CODES.stop) return { kind: "stop", turnId };
  if (code === CODES.retry) return { kind: "retry", turnId };
  if (code === CODES.advance) return { kind: "advance", turnId };
  if (code === CODES.confirm_plan) return { kind: "confirm_plan", turnId };
  if (code === CODES.revise_plan) return { kind: "revise_plan", turnId };
  if (code === CODES.drop) return { kind: "drop", turnId };
  if (code === CODES.resend) return { kind: "resend", fileId: turnId };
  if (code === CODES.conversation) return { kind: "conversation", conversationId: turnId };
  return code === CODES.continue ? { kind: "continue", turnId } : null;
}
