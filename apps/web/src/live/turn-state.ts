import type { ShownApproval } from "@steward/contract/approvals";
import type { TurnSnapshot } from "@steward/contract/deliveries";
import { applyText, type TurnEvent } from "@steward/contract/turn-events";

export interface ToolCall {
  toolUseId: string;
  name: string;
  summary: string;
  parentToolUseId: string | null;
  finished: boolean;
  isError: boolean;
  durationMs: number | null;
}

/** A turn as the page shows it while it is open: what it was when the page came, and what has happened since. */
export interface LiveTurn {
  turnId: string;
  chat: { botId: string; chatId: string; threadId: string };
  phase: "waiting" | "running" | "ended";
  receivedAt: number;
  startedAt: number | null;
  queuePosition: number | null;
  held: boolean;
  hold: TurnSnapshot["hold"];
  text: string;
  /** What was thought since the page has been watching. */
  thinking: string;
  tools: readonly ToolCall[];
  approvals: readonly ShownApproval[];
  /** What it is doing beside answering. */
  doing: "compacting" | { attempt: number; maxRetries: number; reason: string } | null;
  end: Extract<TurnEvent, { type: "final" }> | null;
}

export const openTurn = (turn: TurnSnapshot): LiveTurn => ({
  turnId: turn.turnId,
  chat: { botId: turn.botId, chatId: turn.chatId, threadId: turn.threadId },
  phase: turn.startedAt === null ? "waiting" : "running",
  receivedAt: turn.receivedAt,
  startedAt: turn.startedAt,
  queuePosition: turn.queuePosition,
  held: turn.held,
  hold: turn.hold,
  text: turn.text,
  thinking: "",
  tools: turn.tools.map((tool) => ({ ...tool, parentToolUseId: null, durationMs: null })),
  approvals: turn.approvals,
  doing: null,
  end: null,
});

/** The turn after an event. Applying an event twice changes nothing, but for thinking, which only grows. */
export const applyTurnEvent = (turn: LiveTurn, event: TurnEvent): LiveTurn => {
  switch (event.type) {
    case "queued":
      return { ...turn, phase: "waiting", queuePosition: event.position, held: event.held, hold: event.hold };
    case "started":
      return { ...turn, phase: "running", startedAt: event.at, queuePosition: null, held: false };
    case "text":
      return { ...turn, text: applyText(turn.text, event), doing: null };
    case "thinking":
      return { ...turn, thinking: turn.thinking + event.text, doing: null };
    case "tool_started": {
      if (turn.tools.some(({ toolUseId }) => toolUseId === event.toolUseId)) return turn;
      const { toolUseId, name, summary, parentToolUseId } = event;
      const call = {
        toolUseId,
        name,
        summary,
        parentToolUseId,
        finished: false,
        isError: false,
        durationMs: null,
      };
      return { ...turn, tools: [...turn.tools, call], doing: null };
    }
    case "tool_finished":
      return {
        ...turn,
        tools: turn.tools.map((tool) =>
          tool.toolUseId === event.toolUseId
            ? { ...tool, finished: true, isError: event.isError, durationMs: event.durationMs }
            : tool,
        ),
      };
    case "retrying":
      return {
        ...turn,
        doing: { attempt: event.attempt, maxRetries: event.maxRetries, reason: event.reason },
      };
    case "compacting":
      return { ...turn, doing: "compacting" };
    case "approval_requested": {
      const others = turn.approvals.filter(({ approvalId }) => approvalId !== event.approvalId);
      return { ...turn, approvals: [...others, event] };
    }
    case "approval_resolved":
      return {
        ...turn,
        approvals: turn.approvals.filter(({ approvalId }) => approvalId !== event.approvalId),
      };
    case "final":
      return { ...turn, phase: "ended", text: event.text, approvals: [], doing: null, end: event };
  }
};
