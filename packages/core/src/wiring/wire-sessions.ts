import { openAnswerFile } from "../answers/answer-file.ts";
import { createApprovalRepository } from "../approvals/approval-repository.ts";
import { createApprovalService } from "../approvals/approval-service.ts";
import type { ArchiveService } from "../archives/archive-service.ts";
import { createConversationMessages } from "../chat/conversation-messages.ts";
import { workspaceOf } from "../chats/chat-repository.ts";
import type { CoreDeps } from "../core-deps.ts";
import { agentFolders } from "../files/agent-folders.ts";
import { createFileLocator } from "../files/file-locator.ts";
import { createHoldService } from "../holds/hold-service.ts";
import { createModelService } from "../models/model-service.ts";
import { applyPolicyChanges } from "../sessions/apply-policy-changes.ts";
import { createLaunchChoices } from "../sessions/launch-choices.ts";
import { createOutputWatch } from "../sessions/output-watch.ts";
import { SessionManager } from "../sessions/session-manager.ts";
import { createSessionOpener } from "../sessions/session-opener.ts";
import { createSideSessions } from "../sessions/side-sessions.ts";
import { describeFileFolders } from "../sessions/system-prompt.ts";
import { createPromptComposer } from "../sessions/turn-prompt.ts";
import type { TriageDesk } from "../triage/triage-desk.ts";
import type { TurnGathering } from "../turns/turn-gathering.ts";
import { createSpendingCaps } from "../usage/spending-caps.ts";
import type { FileRooms } from "./wire-files.ts";
import type { Recall } from "./wire-recall.ts";
import type { Records } from "./wire-records.ts";
import type { Workplaces } from "./wire-workplaces.ts";

export type Sessions = ReturnType<typeof wireSessions>;

/** Somebody who is away finds their session as they left it, for this long. */
const AWAY_WARM_MS = 7 * 86_400_000;

/** What is made after the sessions and asked by them once they run. */
export interface SessionsAsk {
  archives: () => Pick<ArchiveService, "withUnpacked">;
  triage: () => Pick<TriageDesk, "isJudging" | "lightModel">;
  /** A turn that is not whole yet waits like one that is not judged yet. */
  gathering: () => Pick<TurnGathering, "isGathering">;
  stopping: () => boolean;
}

/** The CLI processes: chats' and Steward's own, what they may do, and what keeps them from running. */
export const wireSessions = (
  deps: CoreDeps,
  records: Records,
  { directories, starter }: Workplaces,
  { collector, outbox }: FileRooms,
  { keys, recall }: Pick<Recall, "keys" | "recall">,
  later: SessionsAsk,
) => {
  const { database, engine, workspaces, limits, freeMemoryBytes, clock, ids, log } = deps;
  const { chats, turns, deliveries, settings, policies, events, journal, storage, hub, usage, expenses } =
    records;
  const { access, files, instanceId } = records;
  const sampleProcesses = deps.sampleProcesses ?? (async () => new Map());
  const timeZone = timeZoneOf(deps);
  const output = createOutputWatch({ log });
  const driver = output.listenTo(deps.driver);

  const side = createSideSessions({
    driver,
    engine,
    directory: deps.sideDirectory,
    freeMemoryBytes,
    minFreeBytes: limits.minFreeBytes,
    // Asked only when a process is started: by then everything has been made.
    isShut: () => holds.all().some(({ kind }) => kind === "panic"),
    ids,
    instanceId,
  });
  const models = createModelService({
    database,
    chats,
    policies,
    settings,
    access,
    clock,
    ask: async () => {
      const cli = await side.open({ systemPrompt: "" }, () => undefined);
      await cli.end();
      return cli.info.models;
    },
  });
  const opener = createSessionOpener({
    driver,
    engine,
    starter,
    directories,
    unpack: (chatRef) => later.archives().withUnpacked(chatRef, async () => undefined),
    chats,
    messages: createConversationMessages({ db: database.db }),
    clock,
    ids,
    instanceId,
    fileFolders: (chat, { cwd }) => agentFolders(workspaces.ensure(workspaceOf(chat)), cwd),
    persona: (chat) => policies.get("persona", chat),
    describeFiles: (chat, { cwd }) => describeFileFolders(workspaces.ensure(workspaceOf(chat)), cwd),
    chooseLaunch: createLaunchChoices(policies),
    agentAccess: keys,
    toolsUrl: async (chat) => {
      const isWanted = policies.get("memoryTools", chat);
      return isWanted && deps.agentToolsUrl ? await deps.agentToolsUrl() : null;
    },
    offered: (offered) => void storage.writeOrOwe("the models on offer", () => models.remember(offered)),
  });
  const approvals = createApprovalService({
    database,
    approvals: createApprovalRepository({ db: database.db }),
    chats,
    turns,
    policies,
    settings,
    deliveries,
    access,
    hub,
    events,
    clock,
    ids,
    log,
    stopping: later.stopping,
  });
  const holds = createHoldService({
    database,
    outbox: records.outbox,
    turns,
    chats,
    settings,
    storage,
    hub,
    clock,
    log,
    access,
    sessions: () => sessions,
    side,
    askLogin: deps.askLogin ?? (async () => null),
    timeZone,
    caps: createSpendingCaps({ policies, usage, clock }),
  });
  const sessions: SessionManager = new SessionManager({
    approvals,
    outbox: { collect: collector.collect, sweep: outbox.sweep },
    composePrompt: createPromptComposer(files, createFileLocator({ chats, workspaces })),
    opener,
    recall,
    recalls: {
      compacted: (turnId) =>
        void storage.writeOrOwe("a summary of the CLI's", () =>
          records.recalls.noteCompaction(turnId, clock.now()),
        ),
    },
    chats,
    journal,
    words: records.outbox,
    events,
    sampleProcesses,
    freeMemoryBytes,
    idleTimeoutMs: (chat) => {
      const usualMs = policies.get("idleTimeoutMs", chat) ?? limits.idleTimeoutMs;
      return policies.get("awaySince", chat) === null ? usualMs : Math.max(usualMs, AWAY_WARM_MS);
    },
    directories,
    openAnswerFile: ({ id, chatRef }) =>
      openAnswerFile(workspaces.ensure(workspaceOf(chats.byRef(chatRef))), id),
    modelFor: (chat, turn) => later.triage().lightModel(turn) ?? policies.get("model", chat),
    triage: {
      isJudging: (turnId) => later.gathering().isGathering(turnId) || later.triage().isJudging(turnId),
    },
    gate: holds.gate,
    expenses,
    readsOutbox: turns.someDeliver,
    storage,
    hub,
    limits,
    clock,
    ids,
    log,
  });
  storage.onRecovered(() => sessions.wake());
  applyPolicyChanges({ hub, policies, sessions });
  return { side, models, approvals, holds, sessions, output, sampleProcesses, timeZone };
};

const timeZoneOf = ({ timeZone }: CoreDeps): string =>
  timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
