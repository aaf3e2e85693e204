import type { SessionState } from "@steward/schema/enums";
import type { ChatRecord } from "../chats/chat-repository.ts";
import type { TurnOutcome } from "../turns/turn-outcome.ts";
import { ActiveTurn } from "./active-turn.ts";
import type { ChatSessionDeps } from "./chat-session-deps.ts";
import { CliListener } from "./cli-listener.ts";
import { CostMeter } from "./cost-meter.ts";
import { CurrentConversation } from "./current-conversation.ts";
import { HeadOfQueue } from "./head-of-queue.ts";
import { HeadRecall } from "./head-recall.ts";
import { HeadSettler } from "./head-settler.ts";
import { OwnWork } from "./own-work.ts";
import { PromptSender } from "./prompt-sender.ts";
import { createSessionHost } from "./session-host.ts";
import { SessionMachine } from "./session-machine.ts";
import { SessionNotices } from "./session-notices.ts";
import type { OpenedSession } from "./session-opener.ts";
import { SessionProcess } from "./session-process.ts";
import { SessionTimers } from "./session-timers.ts";
import type { SessionEffect } from "./transition.ts";
import { WaitingTurns } from "./waiting-turns.ts";
import { WarmPeriod } from "./warm-period.ts";

export type SessionParts = ReturnType<typeof createSessionParts>;

/** What the session itself does about what its parts raise. */
export interface SessionReactions {
  execute: (effect: SessionEffect) => void;
  moved: (before: SessionState, after: SessionState) => void;
  /** A process is about to be started with the settings of now. */
  hosts: () => void;
  opened: (session: OpenedSession) => void;
  gone: (failure: TurnOutcome | null) => void;
  ownTurnEnded: () => void;
  /** What the head is to be reminded of has been looked up. */
  recalled: () => void;
  /** The process is to end as soon as no turn runs. */
  replace: () => void;
}

/** The parts of one chat's session, wired. */
export const createSessionParts = (deps: ChatSessionDeps, chat: ChatRecord, on: SessionReactions) => {
  const { clock, log } = deps;
  const timers = new SessionTimers(clock);
  const waiting = new WaitingTurns(deps.events);
  const meter = new CostMeter(log);
  const notices = new SessionNotices(deps, chat.id);
  const conversation = new CurrentConversation(deps, chat.id);
  const { record } = conversation;
  const machine = new SessionMachine(record?.hasTranscript ? "suspended" : "idle", on, log);
  const evict = (): void => machine.dispatch({ type: "evict" });
  const active = new ActiveTurn(deps, timers, meter, record?.lastActiveAt ?? null, (event) => {
    machine.dispatch(event);
    queue.tellPlaces();
  });
  const queue = new HeadOfQueue({ ...deps, chat, waiting, active, machine });
  const own = new OwnWork(deps, { chat, conversation, meter, notices, end: on.replace });
  const head = new HeadSettler({ ...deps, waiting, conversation, notices, active, own });
  const recall = new HeadRecall(deps, { chat, waiting, found: on.recalled });
  const prompts = new PromptSender(deps, { chat, waiting, conversation, active, recall });
  const warm = new WarmPeriod({
    clock,
    log,
    timers,
    idleTimeoutMs: () => deps.idleTimeoutMs(chat),
    protectedForMs: () => own.protectedForMs,
    over: evict,
  });
  const process: SessionProcess = new SessionProcess(deps, {
    wanted: () => queue.mayBeTaken,
    host: () => {
      on.hosts();
      return createSessionHost({
        ...deps,
        active,
        own,
        assertAffordable: (run) => active.assertAffordable(run, process.cli, deps.gate),
        onEvent: (event) => listener.hear(event),
      });
    },
    shortOfMemory: (freeMb) => {
      if (notices.tellShortOfMemory(freeMb)) waiting.tellShortOfMemory(freeMb);
    },
    opened: on.opened,
    gone: on.gone,
  });
  const listener = new CliListener({
    ...deps,
    chat,
    active,
    own,
    meter,
    conversation,
    notices,
    process,
    ownTurnEnded: on.ownTurnEnded,
    stuck: () => machine.dispatch({ type: "stuck" }),
  });
  return {
    timers,
    waiting,
    meter,
    notices,
    conversation,
    machine,
    active,
    queue,
    own,
    head,
    recall,
    prompts,
    warm,
    process,
  };
};
