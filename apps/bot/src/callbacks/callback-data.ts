/** What a button of ours asks for. The turn or delivery it belongs to is named, so that an old button stays harmless. */
export type ButtonAction =
  | { kind: "stop"; turnId: string }
  | { kind: "retry"; turnId: string }
  | { kind: "continue"; turnId: string }
  | { kind: "run_queue" }
  | { kind: "drop_queue" }
  /** Null: back to the default. */
  | { kind: "model"; model: string | null };

/** Telegram's limit is 64 bytes: one letter, a colon and a UUID are 38. */
const CODES = {
  stop: "s",
  retry: "r",
  continue: "c",
  run_queue: "q",
  drop_queue: "d",
  model: "m",
} as const satisfies Record<ButtonAction["kind"], string>;

/** As the contract's policy takes it; longer ones do not fit a button. */
const MODEL = /^m:([A-Za-z0-9][A-Za-z0-9._:/[\]-]{0,60})?$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A button's `callback_data`: at most 38 bytes of ASCII, or as long as a model's name makes it. */
export function formatCallbackData(action: ButtonAction): string {
  if (action.kind === "model") return `${CODES.model}:${action.model ?? ""}`;
  return "turnId" in action ? `${CODES[action.kind]}:${action.turnId}` : CODES[action.kind];
}

/** Null for anything that no version of ours wrote. */
export function parseCallbackData(data: string): ButtonAction | null {
  const model = MODEL.exec(data);
  if (model !== null) return { kind: "model", model: model[1] || null };
  const [code, turnId = "", ...rest] = data.split(":");
  if (rest.length > 0) return null;
  if (turnId === "") {
    if (code === CODES.run_queue) return { kind: "run_queue" };
    return code === CODES.drop_queue ? { kind: "drop_queue" } : null;
  }
  if (!UUID.test(turnId)) return null;
  if (code === CODES.stop) return { kind: "stop", turnId };
  if (code === CODES.retry) return { kind: "retry", turnId };
  return code === CODES.continue ? { kind: "continue", turnId } : null;
}
