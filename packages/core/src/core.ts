import type { PassedOverTotal } from "@steward/contract/sessions";
import type { AccessService } from "./access/access-service.ts";
import type { ApprovalService } from "./approvals/approval-service.ts";
import { createArchiveRepository } from "./archives/archive-repository.ts";
import { type ArchiveService, createArchiveService } from "./archives/archive-service.ts";
import { createChatLocks } from "./archives/chat-locks.ts";
import { type BotService, createBotService } from "./bots/bot-service.ts";
import type { ChatHistoryService } from "./chat/chat-history-service.ts";
import { createConversationMessages } from "./chat/conversation-messages.ts";
import { type AwayService, createAwayService } from "./chats/away-service.ts";
import { type ChatMoves, createChatMoves } from "./chats/chat-moves.ts";
import type { ChatService } from "./chats/chat-service.ts";
import { type ConversationService, createConversationService } from "./chats/conversation-service.ts";
import { createTopicService, type TopicService } from "./chats/topic-service.ts";
import type { CommandProblem } from "./commands/own-command.ts";
import type { CoreDeps } from "./core-deps.ts";
import { type CoreLife, CorePhase, createCoreLife } from "./core-life.ts";
import { createDeadLetters, type DeadLetters } from "./deliveries/dead-letters.ts";
import { createDeliveryService, type DeliveryService } from "./deliveries/delivery-service.ts";
import { createFileLocator } from "./files/file-locator.ts";
import { createFileService, type FileService } from "./files/file-service.ts";
import { createFrontEndFeed, type FrontEndFeed } from "./front-end/front-end-feed.ts";
import { createGatewayService, type GatewayService } from "./gateway/gateway-service.ts";
import type { HistoryService } from "./history/history-service.ts";
import type { OpenHold } from "./holds/hold-repository.ts";
import type { PanicService } from "./holds/panic-service.ts";
import { createHousekeeping, type Housekeeping } from "./housekeeping/housekeeping.ts";
import { createRetentionService } from "./housekeeping/retention-service.ts";
import { createCommandOrder } from "./inbox/command-order.ts";
import { createInboxAftermath } from "./inbox/inbox-aftermath.ts";
import { createInboxEdits } from "./inbox/inbox-edits.ts";
import { createInboxService, type InboxService } from "./inbox/inbox-service.ts";
import { createLiveFeed, type LiveFeed } from "./live/live-feed.ts";
import { type AskInstead, createAskInstead } from "./memory/ask-instead.ts";
import type { MemoryFiles } from "./memory/memory-files.ts";
import type { MemoryNotes } from "./memory/memory-notes.ts";
import type { MemoryRights } from "./memory/memory-rights.ts";
import type { MemoryService } from "./memory/memory-service.ts";
import type { ModelService } from "./models/model-service.ts";
import { createPlanReplies, createPlanService, type PlanService } from "./plans/plan-service.ts";
import type { PolicyService } from "./policies/policy-service.ts";
import { createProjectService, type ProjectService } from "./projects/project-service.ts";
import type { SweptWorktrees } from "./projects/stray-worktrees.ts";
import type { AgentDesk } from "./recall/agent-desk.ts";
import { createDescribeRecalls } from "./recall/describe-recalls.ts";
import { type AnsweredRequests, createAnsweredRequests } from "./repeats/answered-requests.ts";
import type { EmbeddingPipeline } from "./search/embedding/embedding-pipeline.ts";
import type { SearchEvaluation } from "./search/evaluation/search-evaluation.ts";
import type { SearchIndexer } from "./search/search-indexer.ts";
import type { SearchService } from "./search/search-service.ts";
import { createSessionList, type SessionList } from "./sessions/session-list.ts";
import type { SessionLoad } from "./sessions/session-manager.ts";
import { type AuditLog, createAuditLog } from "./settings/audit-log.ts";
import type { SettingsRepository } from "./settings/settings-repository.ts";
import type { QueueService } from "./turns/queue-service.ts";
import { createTurnHistory, type TurnHistory } from "./turns/turn-history.ts";
import type { TurnService } from "./turns/turn-service.ts";
import { createTurnSnapshots } from "./turns/turn-snapshots.ts";
import { createUsageService, type UsageService } from "./usage/usage-service.ts";
import { type Commands, wireCommands } from "./wiring/wire-commands.ts";
import { wireEmbedding, wireEvaluation } from "./wiring/wire-embedding.ts";
import { wireFiles } from "./wiring/wire-files.ts";
import { wireHistory } from "./wiring/wire-history.ts";
import { wireMemory } from "./wiring/wire-memory.ts";
import { wireRecall } from "./wiring/wire-recall.ts";
import { wireRecords } from "./wiring/wire-records.ts";
import { type SearchRooms, wireSearch } from "./wiring/wire-search.ts";
import { wireSessions } from "./wiring/wire-sessions.ts";
import { wireSummaries } from "./wiring/wire-summaries.ts";
import { wireTurns } from "./wiring/wire-turns.ts";
import { wireWorkplaces } from "./wiring/wire-workplaces.ts";

export type { CoreDeps, Surroundings } from "./core-deps.ts";

export interface Core extends CoreLife {
  projects: ProjectService;
  conversations: ConversationService;
  turns: TurnService;
  turnHistory: TurnHistory;
  commands: Commands["commands"];
  /** Files that are no own command, and why. */
  commandProblems: () => readonly CommandProblem[];
  away: AwayService;
  deadLetters: DeadLetters;
  queue: QueueService;
  plans: PlanService;
  topics: TopicService;
  chats: ChatService;
  inbox: InboxService;
  deliveries: DeliveryService;
  files: FileService;
  frontEnd: FrontEndFeed;
  live: LiveFeed;
  access: AccessService;
  chatMoves: Pick<ChatMoves, "moveNow">;
  bots: BotService;
  history: ChatHistoryService;
  sessionHistory: HistoryService;
  gateway: GatewayService;
  settings: SettingsRepository;
  auditLog: AuditLog;
  policies: PolicyService;
  models: ModelService;
  memories: MemoryService;
  memoryRights: MemoryRights;
  memoryNotes: MemoryNotes;
  askInstead: AskInstead;
  memoryFiles: MemoryFiles;
  approvals: ApprovalService;
  usage: UsageService;
  sessions: SessionList;
  panic: PanicService;
  /** What CLIs have said that could not be read, since the start. */
  passedOver(): PassedOverTotal;
  /** Takes away worktrees that a killed service made for no conversation. Call once, when the start is over. */
  sweepWorktrees(): Promise<SweptWorktrees>;
  /** Why turns stand still, when they do. */
  holds(): readonly OpenHold[];
  agents: AgentDesk;
  archives: ArchiveService;
  housekeeping: Housekeeping;
  search: SearchService;
  searchIndex: Pick<SearchIndexer, "flush" | "waiting"> & {
    /** Why there are no vectors, when there can be none. */
    vectorProblem: string | null;
  };
  embedding: Pick<EmbeddingPipeline, "status" | "reindex">;
  evaluation: SearchEvaluation;
  answered: AnsweredRequests;
  load(): SessionLoad & { queued: number };
}

/** The domain, wired by hand: each room by its own file in `wiring/`, the services that stand at its doors here. */
export const createCore = (deps: CoreDeps): Core => {
  const { database, surroundings, workspaces, clock, ids, log } = deps;
  const phase = new CorePhase();
  const locks = createChatLocks();
  const records = wireRecords(deps);
  const { access, chats, deliveries, events, files, history, hub, journal, policies, settings } = records;
  const workplaces = wireWorkplaces(deps, records);
  const { directories, projects, starter, worktrees } = workplaces;
  const fileRooms = wireFiles(deps, records, locks, phase.isOpen);
  const memory = wireMemory(deps, records);
  const embedding: EmbeddingPipeline = wireEmbedding(deps, () => searchRooms.vectorProblem);
  const searchRooms: SearchRooms = wireSearch(deps, embedding);
  const recallRooms = wireRecall(deps, records, { memories: memory.memories, ...searchRooms });
  const sessionRooms = wireSessions(deps, records, workplaces, fileRooms, recallRooms, {
    archives: () => archives,
    triage: () => turnRooms.triage,
    gathering: () => turnRooms.gathering,
    stopping: phase.isStopping,
  });
  const { approvals, holds, models, output, sampleProcesses, sessions, timeZone } = sessionRooms;
  const turnRooms: ReturnType<typeof wireTurns> = wireTurns(
    deps,
    records,
    workplaces,
    sessionRooms,
    fileRooms,
    {
      archives: () => archives,
      accepting: phase.isOpen,
    },
  );
  const { attachments, chatService, ensureChat, gathering, queues, rates, room, turnService } = turnRooms;
  const archives: ArchiveService = createArchiveService({
    archives: createArchiveRepository({ database }),
    chats,
    sessions,
    policies,
    workspaces,
    words: records.outbox,
    locks,
    isReceiving: fileRooms.intake.isReceivingIn,
    directory: surroundings.archiveDirectory,
    transcriptDirectories: surroundings.transcriptDirectories,
    clock,
    ids,
    log,
  });
  const answered = createAnsweredRequests({ database, clock, log });
  const chatMoves = createChatMoves({
    ...records,
    database,
    moveMemories: memory.move,
    sessions,
    clock,
  });
  const commandOrder = createCommandOrder({ clock });
  const summaryRooms = wireSummaries(deps, records, memory, sessionRooms, phase.isOpen);
  const historyRooms = wireHistory(deps, records, summaryRooms.memories);
  const inbox = createInboxService({
    order: commandOrder,
    database,
    inbox: records.inbox,
    journal,
    follow: createInboxAftermath({
      order: commandOrder,
      ...{ database, chats, journal, words: records.outbox, queues, gathering, hub, clock, log },
      answer: (approvalId, words, userId) => void approvals.answerInWords(approvalId, words, userId),
    }),
    clock,
    ids,
    room,
    gathering: (address) => {
      const chat = chats.find(address);
      return chat ? gathering.in(chat.id) : [];
    },
    rates,
    accepting: phase.isOpen,
    access,
    moves: chatMoves,
    repliedTo: approvals.repliedTo,
    edit: createInboxEdits(records),
    memorySayings: memory.sayings,
    plans: createPlanReplies({ ...records, clock }),
  });
  const commandRooms = wireCommands(deps, records, turnRooms);
  const deadLetters = createDeadLetters({ ...records, database, clock });
  const deliveryService = createDeliveryService({
    attempts: records.attempts,
    deadLetters,
    database,
    deliveries,
    turns: records.turns,
    hub,
    clock,
    ids,
  });
  const life = createCoreLife(deps, {
    embedding,
    summaries: summaryRooms.summaries,
    phase,
    records,
    search: searchRooms,
    files: fileRooms,
    sessions: sessionRooms,
    turns: turnRooms,
    commands: commandRooms,
  });

  const snapshots = createTurnSnapshots({ events, policies });

  return {
    ...life,
    projects: createProjectService({
      projects,
      worktrees,
      starter,
      sessions,
      settings,
      places: surroundings,
      ensureChat,
      roleOf: access.roleOf,
      clock,
    }),
    conversations: createConversationService({
      ...{ chats, projects, directories, worktrees, sessions },
      messages: createConversationMessages({ db: database.db }),
      hub,
    }),
    turns: turnService,
    turnHistory: createTurnHistory({
      ...{ ...records, queues, db: database.db },
      describeRecalls: createDescribeRecalls({ ...records, db: database.db, memories: memory.memories }),
    }),
    commands: commandRooms.commands,
    commandProblems: () => commandRooms.own.known().problems,
    away: createAwayService({ db: database.db, policies, ensureChat, clock }),
    deadLetters,
    queue: turnRooms.queue,
    topics: createTopicService({ ...records, database, ensureChat }),
    plans: createPlanService({ ...records, database, turnService, clock }),
    chats: chatService,
    inbox,
    deliveries: deliveryService,
    files: createFileService({
      files,
      chats,
      intake: fileRooms.intake,
      locate: createFileLocator({ chats, workspaces }),
      withFilesOf: archives.withUnpacked,
      deliveries: deliveryService,
      attachments,
      clock,
    }),
    frontEnd: createFrontEndFeed({
      access,
      turns: records.turns,
      snapshots,
      inbox,
      deliveries: deliveryService,
      attachments,
      storage: records.storage,
      policies,
      chats,
      own: commandRooms.own,
      hub,
    }),
    live: createLiveFeed({ turns: records.turns, snapshots, hub, clock }),
    access,
    chatMoves,
    bots: createBotService({ database, hub, clock }),
    history,
    sessionHistory: historyRooms.service,
    gateway: createGatewayService({
      database,
      requests: records.gatewayRequests,
      turns: records.turns,
      turnService,
      chats,
      chatService,
      sessions,
      clock,
      storage: records.storage,
      queueWaitTimeoutMs: deps.queueWaitTimeoutMs,
      timeZone,
    }),
    settings,
    auditLog: createAuditLog(database),
    policies,
    models,
    memories: memory.memories,
    memoryRights: memory.rights,
    memoryNotes: memory.notes,
    askInstead: createAskInstead({ database, memories: memory.memories, turns: turnService }),
    memoryFiles: memory.files,
    approvals,
    usage: createUsageService({ repository: records.usage, clock }),
    sessions: createSessionList({ sessions, chats, gate: holds.gate, sampleProcesses, output, clock }),
    panic: holds.panic,
    passedOver: output.total,
    sweepWorktrees: () =>
      worktrees.sweep(
        projects.all().flatMap(({ path, isGit }) => (isGit ? [path] : [])),
        () => new Set(chats.worktrees()),
      ),
    holds: () => holds.all(),
    agents: recallRooms.desk(sessions),
    archives,
    search: searchRooms.search,
    searchIndex: { ...searchRooms.indexer, vectorProblem: searchRooms.vectorProblem },
    embedding,
    evaluation: wireEvaluation(deps, embedding.embedder),
    answered,
    housekeeping: createHousekeeping({
      retention: createRetentionService({
        ...records,
        ...historyRooms,
        database,
        answered,
        dropExpiredMemories: memory.dropExpired,
        clock,
      }),
      ...{ archives, summaries: summaryRooms.summaries, policies, sessions, database, log },
    }),
    load: () => ({ ...sessions.load(), queued: records.turns.countWaiting() }),
  };
};
