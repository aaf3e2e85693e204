import type { TurnSnapshot } from "@steward/contract/deliveries";
import { translate } from "@steward/contract/messages";
import { hidePlanMarker } from "@steward/contract/plan-marker";
import { applyText, type TurnEvent } from "@steward/contract/turn-events";
import type { StatusState, StatusView } from "@steward/telegram/status-text";
import { STATUS_WORDS } from "./status-words.ts";

/** More of it than a status message shows. */
const THINKING_KEPT = 4_000;

/** A turn as its status message shows it: the snapshot of the stream, kept up to date by its events. */
export interface TurnView extends TurnSnapshot {
  readonly activity: StatusState;
  readonly retry: { attempt: number; maxRetries: number; delayMs: number } | null;
  /** What the model has thought since it last did or said something, where that is shown. */
  readonly thinking: string;
  /** The `final` event was seen: the status message stands still and the answer comes as a delivery. */
  readonly ended: boolean;
}

export const createTurnView = (turn: TurnSnapshot): TurnView => ({
  ...turn,
  activity: activityOf(turn),
  retry: null,
  thinking: "",
  ended: turn.state !== "received" && turn.state !== "queued" && turn.state !== "running",
});

function activityOf({ state, queuePosition, held, text, tools, approvals }: TurnSnapshot): StatusState {
  // A turn is queued from the first; only one that has a place in the queue really waits for others.
  if (state === "queued" && (queuePosition !== null || held)) return "queued";
  if (state !== "running") return "starting";
  if (approvals.length > 0) return "waiting_for_approval";
  if (tools.some(({ finished }) => !finished)) return "working";
  return text === "" ? "thinking" : "writing";
}

/**
 * The view after an event. Events of types unknown to this version change nothing.
 * Applying an event twice is the same as applying it once, so an overlap of snapshot and events does no harm.
 */
export function applyTurnEvent(view: TurnView, event: TurnEvent): TurnView {
  switch (event.type) {
    case "queued":
      return {
        ...view,
        state: "queued",
        activity: "queued",
        queuePosition: event.position,
        held: event.held,
        hold: event.hold,
      };
    case "started":
      return {
        ...view,
        state: "running",
        activity: "thinking",
        startedAt: view.startedAt ?? event.at,
        queuePosition: null,
        held: false,
        hold: undefined,
      };
    case "text":
      return { ...view, text: applyText(view.text, event), activity: "writing", retry: null, thinking: "" };
    case "thinking": {
      const thinking = view.showThinking === true ? (view.thinking + event.text).slice(-THINKING_KEPT) : "";
      return { ...view, activity: "thinking", retry: null, thinking };
    }
    case "tool_started": {
      if (view.tools.some(({ toolUseId }) => toolUseId === event.toolUseId)) return view;
      const { toolUseId, name, summary } = event;
      const tool = { toolUseId, name, summary, finished: false, isError: false };
      return { ...view, tools: [...view.tools, tool], activity: "working", retry: null, thinking: "" };
    }
    case "tool_finished": {
      const { isError } = event;
      const tools = view.tools.map((tool) =>
        tool.toolUseId === event.toolUseId ? { ...tool, finished: true, isError } : tool,
      );
      return { ...view, tools };
    }
    case "approval_requested": {
      const { v: _v, turnId: _turnId, at: _at, type: _type, ...approval } = event;
      const others = view.approvals.filter(({ approvalId }) => approvalId !== approval.approvalId);
      return { ...view, approvals: [...others, approval], activity: "waiting_for_approval", retry: null };
    }
    case "approval_resolved": {
      const approvals = view.approvals.filter(({ approvalId }) => approvalId !== event.approvalId);
      const waits = view.activity === "waiting_for_approval" && approvals.length === 0;
      return { ...view, approvals, activity: waits ? "working" : view.activity };
    }
    case "retrying": {
      const { attempt, maxRetries, delayMs } = event;
      return { ...view, retry: { attempt, maxRetries, delayMs } };
    }
    case "compacting":
      return { ...view, activity: "compacting" };
    case "final":
      return { ...view, ended: true };
    default:
      return view;
  }
}

/** What `renderStatus` needs, at this moment. */
export function toStatusView(view: TurnView, nowMs: number): StatusView {
  const { activity, tools, text, retry, queuePosition, language, hold, verbosity, thinking } = view;
  const heldBy = hold === undefined ? null : translate(language, `bot.hold.${hold.kind}`);
  const elapsedMs = nowMs - (view.startedAt ?? view.receivedAt);
  const note = activity === "waiting_for_approval" ? translate(language, "bot.approval_how") : null;
  const words = STATUS_WORDS[language];
  const progress = {
    state: activity,
    elapsedMs,
    tools,
    text: hidePlanMarker(text),
    retry,
    queuePosition,
    heldBy,
    words,
  };
  return { ...progress, note, thinking, ...(verbosity === undefined ? {} : { verbosity }) };
}
