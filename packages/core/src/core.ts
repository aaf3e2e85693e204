import type { CliDriver } from "@steward/claude/cli-driver";
import type { ChatAddress } from "@steward/contract/ids";
import { formatEventId } from "@steward/contract/turn-events";
import type { Clock } from "@steward/platform/clock";
import { failpoint } from "@steward/platform/failpoint";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { type AccessService, createAccessService } from "./access/access-service.ts";
import { openAnswerFile } from "./answers/answer-file.ts";
import { createApprovalRepository } from "./approvals/approval-repository.ts";
import { type ApprovalService, createApprovalService } from "./approvals/approval-service.ts";
import { refuseBypass } from "./approvals/bypass-veto.ts";

import { createArchiveRepository } from "./archives/archive-repository.ts";
import { type ArchiveService, createArchiveService } from "./archives/archive-service.ts";
import { createChatLocks } from "./archives/chat-locks.ts";
import { type BotService, createBotService } from "./bots/bot-service.ts";
import { createChatHistoryRepository } from "./chat/chat-history-repository.ts";
import type { ChatHistoryService } from "./chat/chat-history-service.ts";
import { createConversationMessages } from "./chat/conversation-messages.ts";
import { addressOf, createChatRepository } from "./chats/chat-repository.ts";
import { type ChatService, createChatService } from "./chats/chat-service.ts";
import { type ConversationService, createConversationService } from "./chats/conversation-service.ts";
import { createConversationStarter } from "./chats/conversation-starter.ts";
import { createDeliveryRepository } from "./deliveries/delivery-repository.ts";
import { createDeliveryService, type DeliveryService } from "./deliveries/delivery-service.ts";
import { createEventHub } from "./events/event-hub.ts";
import { agentFolders } from "./files/agent-folders.ts";
import { createFileIntake } from "./files/file-intake.ts";
import { DEFAULT_FILE_LIMITS, type FileLimits, freeDiskBytes } from "./files/file-limits.ts";
import { createFileRepository } from "./files/file-repository.ts";
import { createFileRoom } from "./files/file-room.ts";
import { createFileService, type FileService } from "./files/file-service.ts";
import { createOutboxCollector } from "./files/outbox-collector.ts";
import { createOutboxSender } from "./files/outbox-sender.ts";
import { tidyPartials } from "./files/tidy-partials.ts";
import { createFrontEndFeed, type FrontEndFeed } from "./front-end/front-end-feed.ts";
import { breakOpenResponses, createGatewayService, type GatewayService } from "./gateway/gateway-service.ts";
import type { OpenHold } from "./holds/hold-repository.ts";
import { createHoldService } from "./holds/hold-service.ts";
import type { AskLogin } from "./holds/login-watch.ts";
import type { PanicService } from "./holds/panic-service.ts";
import { createHousekeeping, type Housekeeping } from "./housekeeping/housekeeping.ts";
import { createRetentionService } from "./housekeeping/retention-service.ts";
import { createInboxService, type InboxService } from "./inbox/inbox-service.ts";
import { createTurnRates } from "./limits/turn-rates.ts";
import { createModelService, type ModelService } from "./models/model-service.ts";
import {
  createPolicyService,
  type EnvironmentPolicies,
  type PolicyService,
  type PolicyVeto,
} from "./policies/policy-service.ts";
import type { ProtectedPlaces } from "./projects/project-path.ts";
import { createProjectRepository } from "./projects/project-repository.ts";
import { createProjectService, type ProjectService } from "./projects/project-service.ts";
import { createSafeGit } from "./projects/safe-git.ts";
import { createWorkingDirectories } from "./projects/working-directories.ts";
import { createWorktrees } from "./projects/worktrees.ts";
import { applyPolicyChanges } from "./sessions/apply-policy-changes.ts";
import type { Engine, Workspaces } from "./sessions/engine.ts";
import { createLaunchChoices } from "./sessions/launch-choices.ts";
import type { SessionLimits } from "./sessions/session-limits.ts";
import { createSessionList, type SampleProcesses, type SessionList } from "./sessions/session-list.ts";
import { type SessionLoad, SessionManager } from "./sessions/session-manager.ts";
import { createSessionOpener } from "./sessions/session-opener.ts";
import { createSideSessions } from "./sessions/side-sessions.ts";
import { describeFileFolders } from "./sessions/system-prompt.ts";
import { createPromptComposer } from "./sessions/turn-prompt.ts";
import { createSettingsRepository, type SettingsRepository } from "./settings/settings-repository.ts";
import { createStorageWatch } from "./storage/storage-watch.ts";
import { createTriage } from "./triage/triage.ts";
import { createQueueRoom } from "./turns/queue-room.ts";
import { createTurnRecovery, type RecoveryReport } from "./turns/recovery.ts";
import { createRecoveryWatch } from "./turns/recovery-watch.ts";
import { createTurnEventLog } from "./turns/turn-event-log.ts";
import { createTurnJournal } from "./turns/turn-journal.ts";
import { createTurnRepository } from "./turns/turn-repository.ts";
import { createTurnService, type TurnQueues, type TurnService } from "./turns/turn-service.ts";
import { createSpendingCaps } from "./usage/spending-caps.ts";
import { createUsageRepository } from "./usage/usage-repository.ts";
import { createUsageService, type UsageService } from "./usage/usage-service.ts";

export interface CoreDeps {
  database: OpenDatabase;
  driver: CliDriver;
  engine: Engine;
  workspaces: Workspaces;
  /** Where the owner's own things are, and how git is called there. */
  surroundings: Surroundings;
  /** Where CLI processes work that belong to no chat. */
  sideDirectory: () => string;
  freeMemoryBytes: () => Promise<number>;
  limits: SessionLimits;
  queueWaitTimeoutMs: number;
  clock: Clock;
  ids: Ids;
  log: Logger;
  /** Where the built-in limits of files do not fit. */
  fileLimits?: Partial<FileLimits>;
  /** Bytes free on the file system of a path; default: the system's own answer. */
  freeDiskBytes?: (path: string) => Promise<number>;
  /** What may not be set on this machine; default: `bypassPermissions` may not. */
  policyVeto?: PolicyVeto;
  /** What the environment has set: it holds in place of what a person sets for everything. */
  environmentPolicies?: EnvironmentPolicies;
  /** Whether the CLI has a login; default: it cannot be asked. */
  askLogin?: AskLogin;
  /** What CLI processes take; default: nothing is known of it. */
  sampleProcesses?: SampleProcesses;
  /** IANA name of the zone that times are told in; default: the machine's. */
  timeZone?: string;
  /** Ends what an earlier boot left running; called by `recover` before any turn is taken up. Answers how many. */
  reapProcesses: (instanceId: string) => Promise<number>;
}

export interface Core {
  projects: ProjectService;
  conversations: ConversationService;
  turns: TurnService;
  chats: ChatService;
  inbox: InboxService;
  deliveries: DeliveryService;
  files: FileService;
  frontEnd: FrontEndFeed;
  access: AccessService;
  bots: BotService;
  history: ChatHistoryService;
  gateway: GatewayService;
  settings: SettingsRepository;
  policies: PolicyService;
  models: ModelService;
  approvals: ApprovalService;
  usage: UsageService;
  sessions: SessionList;
  panic: PanicService;
  /** Why turns stand still, when they do. */
  holds(): readonly OpenHold[];
  archives: ArchiveService;
  housekeeping: Housekeeping;
  load(): SessionLoad & { queued: number };
  /** Takes up what an earlier boot left. Call once; until then nothing is accepted. */
  recover(): Promise<RecoveryReport & { reaped: number }>;
  /** Refuses new work, gives running turns `drainMs`, ends every process. */
  stop(drainMs: number): Promise<void>;
}

/** What of the machine the domain has to know. */
export interface Surroundings extends ProtectedPlaces {
  /** The folder that worktrees of projects are made in. */
  worktreesDirectory: string;
  /** Where silent chats are packed away. */
  archiveDirectory: string;
  /** `projects/` of every HOME that CLIs are started with: there lie their transcripts. */
  transcriptDirectories: readonly string[];
  /** All that git gets: PATH and HOME. */
  gitEnvironment: Readonly<Record<string, string>>;
}

/** The domain, wired by hand. What the world outside provides comes in as ports. */
export const createCore = (deps: CoreDeps): Core => {
  const { database, clock, ids, log, limits, workspaces } = deps;
  const { db } = database;
  let phase: "recovering" | "open" | "stopping" = "recovering";
  const accepting = () => phase === "open";

  const timeZone = deps.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const hub = createEventHub({ log });
  const settings = createSettingsRepository({ db, clock });
  const chats = createChatRepository({ db });
  const turns = createTurnRepository({ db });
  const deliveries = createDeliveryRepository({ db });
  const history = createChatHistoryRepository({ db, now: () => clock.now() });
  const bootId = ids.uuid4();
  const files = createFileRepository({ db });
  const events = createTurnEventLog({ database, turns, hub, clock, log, formatId: formatEventId });
  const storage = createStorageWatch({ database, clock, log });
  const journal = createTurnJournal({
    storage,
    database,
    turns,
    chats,
    deliveries,
    history,
    files,
    events,
    hub,
    clock,
    ids,
    log,
    bootId,
  });
  const policies = createPolicyService({
    database,
    chats,
    settings,
    hub,
    clock,
    environment: deps.environmentPolicies ?? {},
    veto: deps.policyVeto ?? refuseBypass,
  });
  const instanceId = settings.get("instance_id") ?? ids.uuid4();
  settings.set("instance_id", instanceId);
  const projectRepository = createProjectRepository({ db });
  const worktrees = createWorktrees({
    git: createSafeGit(deps.surroundings.gitEnvironment),
    root: deps.surroundings.worktreesDirectory,
  });
  const directories = createWorkingDirectories({ projects: projectRepository, worktrees, workspaces });
  const starter = createConversationStarter({ chats, directories, clock, ids });
  const side = createSideSessions({
    driver: deps.driver,
    engine: deps.engine,
    directory: deps.sideDirectory,
    freeMemoryBytes: deps.freeMemoryBytes,
    minFreeBytes: limits.minFreeBytes,
    ids,
    instanceId,
  });
  const models = createModelService({
    database,
    chats,
    policies,
    settings,
    clock,
    ask: async () => {
      const cli = await side.open({ systemPrompt: "" }, () => undefined);
      await cli.end();
      return cli.info.models;
    },
  });
  const opener = createSessionOpener({
    driver: deps.driver,
    engine: deps.engine,
    starter,
    directories,
    // Asked only when a process is started: by then everything has been made.
    unpack: (chatRef) => archives.unpackBeforeUse(chatRef),
    chats,
    messages: createConversationMessages({ db }),
    clock,
    ids,
    instanceId,
    fileFolders: (chat, { cwd }) => agentFolders(workspaces.ensure(addressOf(chat)), cwd),
    describeFiles: (chat, { cwd }) => describeFileFolders(workspaces.ensure(addressOf(chat)), cwd),
    chooseLaunch: createLaunchChoices(policies),
    offered: models.remember,
  });
  const approvals = createApprovalService({
    database,
    approvals: createApprovalRepository({ db }),
    chats,
    policies,
    settings,
    events,
    journal,
    clock,
    ids,
    log,
    stopping: () => phase === "stopping",
  });
  const usage = createUsageRepository({ db });
  const holds = createHoldService({
    database,
    deliveries,
    turns,
    chats,
    settings,
    hub,
    clock,
    log,
    access: { roleOf: (botId, userId) => access.roleOf(botId, userId) },
    sessions: () => sessions,
    askLogin: deps.askLogin ?? (async () => null),
    timeZone,
    caps: createSpendingCaps({ policies, usage, clock }),
  });
  const fileLimits = { ...DEFAULT_FILE_LIMITS, ...deps.fileLimits };
  const collector = createOutboxCollector({ workspaces, files, limits: fileLimits, clock, ids, log });
  const outbox = createOutboxSender({ collector, journal, chats, deliversTo: turns.lastDelivers, log });
  const sessions: SessionManager = new SessionManager({
    approvals,
    outbox: { collect: collector.collect, sweep: outbox.sweep },
    composePrompt: createPromptComposer(files),
    opener,
    chats,
    journal,
    events,
    sampleProcesses: deps.sampleProcesses ?? (async () => new Map()),
    freeMemoryBytes: deps.freeMemoryBytes,
    idleTimeoutMs: (chat) => policies.get("idleTimeoutMs", chat) ?? limits.idleTimeoutMs,
    directories,
    openAnswerFile: (turn) =>
      openAnswerFile(
        workspaces.ensure({ botId: turn.botId, chatId: turn.chatId, threadId: turn.threadId }),
        turn.id,
      ),
    modelFor: (chat, turn) => triage.lightModel(turn) ?? policies.get("model", chat),
    triage: { isJudging: (turnId) => triage.isJudging(turnId) },
    gate: holds.gate,
    storage,
    limits,
    clock,
    ids,
    log,
  });
  storage.onRecovered(() => sessions.wake());

  applyPolicyChanges({ hub, policies, sessions });

  const queues: TurnQueues = {
    enqueue: (record) => {
      triage.consider(record);
      sessions.byRef(record.chatRef).enqueue(record.id, record.deliver);
      recoveryWatch.turnCame();
      holds.queued(record);
    },
    withdraw: (record) => record.parked || sessions.byRef(record.chatRef).withdraw(record.id),
    waitingIn: (chatRef) => sessions.byRef(chatRef).waiting.length,
    position: (record) => events.live(record.id)?.position ?? null,
  };
  const recovery = createTurnRecovery({
    turns,
    events,
    journal,
    queues,
    live: {
      runs: ({ id, chatRef }) => sessions.byRef(chatRef).runningTurnId === id,
      waits: ({ id, chatRef }) => sessions.byRef(chatRef).waiting.includes(id),
    },
    bootId,
    distrust: sessions.distrustAfterRestart,
    log,
  });
  const recoveryWatch = createRecoveryWatch({
    sweep: () => {
      // A result that could not be written yet is in hand; nothing could be put right now either.
      if (storage.isDown) return true;
      recovery.sweep();
      sessions.heal();
      return turns.open().length > 0;
    },
    clock,
    log,
  });
  const chatRefOf = (address: ChatAddress) => chats.find(address)?.id ?? null;
  const rates = createTurnRates({ policies, chatRefOf, clock });
  const room = createQueueRoom({
    limits,
    chatRefOf,
    waitingIn: queues.waitingIn,
    countWaiting: turns.countWaiting,
  });

  const turnService = createTurnService({
    database,
    turns,
    deliveries,
    journal,
    events,
    queues,
    hub,
    clock,
    ids,
    room,
    chatRefOf,
    files,
    rates,
    accepting,
  });
  const ensureChat = (address: ChatAddress) =>
    chats.find(address) ?? database.write((tx) => chats.ensure(tx, address, "en", clock.now()));
  const chatService = createChatService({
    chats,
    turns,
    turnService,
    events,
    sessions,
    starter,
    clock,
    ensureChat,
    heldBy: (chat) => holds.gate.heldBy(chat),
  });
  const triage = createTriage({
    side,
    policies,
    turns,
    chats,
    journal,
    sessions,
    status: chatService.status,
    isHeld: (chat) => holds.gate.heldBy(chat) !== null,
    clock,
    ids,
    log,
  });
  const access = createAccessService({ database, settings, hub, clock, ids });
  const projects = createProjectService({
    projects: projectRepository,
    worktrees,
    starter,
    sessions,
    settings,
    places: deps.surroundings,
    ensureChat,
    roleOf: access.roleOf,
    clock,
  });
  const inbox = createInboxService({
    database,
    chats,
    journal,
    queues,
    hub,
    clock,
    ids,
    room,
    rates,
    accepting,
    isAllowed: access.isAllowed,
  });
  const deliveryService = createDeliveryService({ database, deliveries, turns, hub, clock, ids });
  const intake = createFileIntake({
    database,
    chats,
    files,
    workspaces,
    room: createFileRoom({
      chats,
      files,
      policies,
      minFreeDiskBytes: fileLimits.minFreeDiskBytes,
      freeDiskBytes: deps.freeDiskBytes ?? freeDiskBytes,
    }),
    limits: fileLimits,
    clock,
    ids,
    log,
    accepting,
  });
  const archives: ArchiveService = createArchiveService({
    archives: createArchiveRepository({ database }),
    chats,
    sessions,
    policies,
    workspaces,
    journal,
    locks: createChatLocks(),
    directory: deps.surroundings.archiveDirectory,
    transcriptDirectories: deps.surroundings.transcriptDirectories,
    clock,
    ids,
    log,
  });

  return {
    projects,
    conversations: createConversationService({
      chats,
      projects: projectRepository,
      directories,
      worktrees,
      sessions,
    }),
    turns: turnService,
    chats: chatService,
    inbox,
    deliveries: deliveryService,
    files: createFileService({ files, chats, intake, deliveries: deliveryService, clock }),
    frontEnd: createFrontEndFeed({ access, turns, events, inbox, deliveries: deliveryService, hub }),
    access,
    bots: createBotService({ database, clock }),
    history,
    gateway: createGatewayService({
      database,
      turns,
      turnService,
      chats,
      chatService,
      sessions,
      clock,
      queueWaitTimeoutMs: deps.queueWaitTimeoutMs,
      timeZone,
    }),
    settings,
    policies,
    models,
    approvals,
    usage: createUsageService({ repository: usage, clock }),
    sessions: createSessionList({
      sessions,
      chats,
      gate: holds.gate,
      sampleProcesses: deps.sampleProcesses ?? (async () => new Map()),
      clock,
    }),
    panic: holds.panic,
    holds: () => holds.all(),
    archives,
    housekeeping: createHousekeeping({
      retention: createRetentionService({ database, turns, policies, clock }),
      archives,
      policies,
      sessions,
      database,
      log,
    }),
    load: () => ({ ...sessions.load(), queued: turns.countWaiting() }),
    recover: async () => {
      const reaped = await deps.reapProcesses(instanceId);
      failpoint("recovery.reaped");
      approvals.expireLeftOver();
      breakOpenResponses(database);
      holds.start();
      const report = recovery.atBoot();
      recoveryWatch.start();
      tidyPartials({ chats, files, workspaces, log, isReceiving: intake.isReceiving });
      await outbox.recover();
      failpoint("recovery.done");
      phase = "open";
      if (policies.get("triage", null) !== "off") triage.warm();
      return { ...report, reaped };
    },
    stop: async (drainMs) => {
      phase = "stopping";
      recoveryWatch.stop();
      holds.stop();
      await Promise.all([sessions.stop(drainMs), triage.stop()]);
      await outbox.idle();
    },
  };
};
