import type { TurnSnapshot } from "@steward/contract/deliveries";
import { applyText, type TurnEvent } from "@steward/contract/turn-events";

/** A turn as its status message shows it: the snapshot of the stream, kept up to date by its events. */
export interface TurnView extends TurnSnapshot {
  /** What the turn is busy with besides text and tools; null when nothing needs to be said. */
  readonly hint: TurnHint | null;
  /** The `final` event was seen: the status message stands still and the answer comes as a delivery. */
  readonly ended: boolean;
}

export type TurnHint =
  | { kind: "thinking" }
  | { kind: "compacting" }
  | { kind: "retrying"; attempt: number; maxRetries: number };

export const createTurnView = (turn: TurnSnapshot): TurnView => ({ ...turn, hint: null, ended: false });

/**
 * The view after an event. Events of types unknown to this version change nothing.
 * Applying an event twice is the same as applying it once, so an overlap of snapshot and events does no harm.
 */
export function applyTurnEvent(view: TurnView, event: TurnEvent): TurnView {
  switch (event.type) {
    case "queued":
      return { ...view, state: "queued", queuePosition: event.position, held: event.held };
    case "started":
      return {
        ...view,
        state: "running",
        startedAt: view.startedAt ?? event.at,
        queuePosition: null,
        held: false,
      };
    case "text":
      return { ...view, text: applyText(view.text, event), hint: null };
    case "thinking":
      return { ...view, hint: { kind: "thinking" } };
    case "tool_started": {
      if (view.tools.some(({ toolUseId }) => toolUseId === event.toolUseId)) return view;
      const { toolUseId, name, summary } = event;
      const tool = { toolUseId, name, summary, finished: false, isError: false };
      return { ...view, tools: [...view.tools, tool], hint: null };
    }
    case "tool_finished": {
      const { isError } = event;
      const tools = view.tools.map((tool) =>
        tool.toolUseId === event.toolUseId ? { ...tool, finished: true, isError } : tool,
      );
      return { ...view, tools };
    }
    case "retrying":
      return {
        ...view,
        hint: { kind: "retrying", attempt: event.attempt, maxRetries: event.maxRetries },
      };
    case "compacting":
      return { ...view, hint: { kind: "compacting" } };
    case "final":
      return { ...view, ended: true, hint: null };
    default:
      return view;
  }
}
