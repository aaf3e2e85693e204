import type { SessionState } from "@steward/schema/enums";

/**
 * The session life cycle of DESIGN §5 as a pure table. The session executes the effects, in order.
 * What comes too late changes nothing, but for `stuck` while stopping: then the process is ended by force. An impossible
 * `spawned` or `turn_done` is reported as a defect.
 */
export type SessionEvent =
  /** A turn waits in the chat's queue. */
  | { type: "message" }
  /** The process is ready for its first line. */
  | { type: "spawned"; waiting: boolean }
  | { type: "turn_done" }
  /** The CLI ended the turn without having done anything: it is not to be trusted with another. */
  | { type: "no_answer" }
  /** A person stops the turn at the head. */
  | { type: "cancel" }
  /** Idle timeout, or the place is needed by another chat. */
  | { type: "evict" }
  /** A silence limit ran out, or an interrupt was not obeyed. */
  | { type: "stuck" }
  /** The process has gone (or could not be started). */
  | { type: "exit"; transcript: boolean }
  /** New conversation, reset or shutdown. */
  | { type: "end"; transcript: boolean };

export type SessionEffect =
  | "spawn"
  | "send_prompt"
  | "settle_done"
  | "settle_head_cancelled"
  | "settle_head_failed"
  | "settle_head_ended"
  | "settle_by_recovery_policy"
  | "settle_no_answer"
  | "interrupt"
  | "terminate"
  | "kill"
  | "take_next";

export interface Transition {
  state: SessionState;
  effects: readonly SessionEffect[];
  defect?: string;
}

const stay = (state: SessionState, ...effects: SessionEffect[]): Transition => ({ state, effects });
const atRest = (transcript: boolean): SessionState => (transcript ? "suspended" : "idle");

/** What a session in `state` does about `event`. Total: every pair has an answer. */
export const transition = (state: SessionState, event: SessionEvent): Transition => {
  switch (event.type) {
    case "message":
      if (state === "idle") return { state: "spawning", effects: ["spawn"] };
      if (state === "suspended") return { state: "resuming", effects: ["spawn"] };
      if (state === "ready") return { state: "running", effects: ["send_prompt"] };
      return stay(state);

    case "spawned":
      if (state === "spawning" || state === "resuming") {
        return event.waiting
          ? { state: "running", effects: ["send_prompt"] }
          : { state: "ready", effects: [] };
      }
      if (state === "stopping") return stay(state, "terminate");
      return { ...stay(state), defect: `spawned while ${state}` };

    case "turn_done":
      if (state === "running") return { state: "ready", effects: ["settle_done", "take_next"] };
      // The turn was settled when the stop began; its result comes late.
      if (state === "stopping") return stay(state);
      return { ...stay(state), defect: `turn done while ${state}` };

    case "no_answer":
      if (state === "running") return { state: "stopping", effects: ["settle_no_answer", "terminate"] };
      return stay(state);

    case "cancel":
      if (state === "spawning" || state === "resuming" || state === "stopping") {
        return stay(state, "settle_head_cancelled");
      }
      return state === "running" ? stay(state, "interrupt") : stay(state);

    case "evict":
      return state === "ready" ? { state: "stopping", effects: ["terminate"] } : stay(state);

    case "stuck":
      if (state === "spawning" || state === "resuming" || state === "running") {
        return { state: "stopping", effects: ["settle_head_failed", "terminate"] };
      }
      return state === "stopping" ? stay(state, "kill") : stay(state);

    case "exit":
      if (state === "spawning" || state === "resuming") {
        return { state: atRest(event.transcript), effects: ["settle_head_failed", "take_next"] };
      }
      if (state === "running") {
        return { state: atRest(event.transcript), effects: ["settle_by_recovery_policy", "take_next"] };
      }
      if (state === "ready") return { state: atRest(event.transcript), effects: ["take_next"] };
      if (state === "stopping") return { state: atRest(event.transcript), effects: ["take_next"] };
      return stay(state);

    case "end":
      if (state === "idle" || state === "suspended") {
        return { state: atRest(event.transcript), effects: ["take_next"] };
      }
      if (state === "stopping") return stay(state);
      if (state === "ready") return { state: "stopping", effects: ["terminate"] };
      return { state: "stopping", effects: ["settle_head_ended", "terminate"] };
  }
};
