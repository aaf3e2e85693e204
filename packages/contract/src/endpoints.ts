import * as access from "./access.ts";
import * as accessChats from "./access-chats.ts";
import * as approvals from "./approvals.ts";
import * as archives from "./archives.ts";
import * as attachments from "./attachments.ts";
import * as audit from "./audit.ts";
import * as backups from "./backups.ts";
import * as bots from "./bots.ts";
import * as chatHistory from "./chat-history.ts";
import * as chats from "./chats.ts";
import * as commands from "./commands.ts";
import * as conversations from "./conversations.ts";
import * as deliveries from "./deliveries.ts";
import * as files from "./files.ts";
import * as gateway from "./gateway.ts";
import * as health from "./health.ts";
import * as history from "./history.ts";
import * as holds from "./holds.ts";
import * as inbox from "./inbox.ts";
import * as invitations from "./invitations.ts";
import * as live from "./live.ts";
import * as memories from "./memories.ts";
import * as memoryChanges from "./memory-changes.ts";
import * as memoryEval from "./memory-eval.ts";
import * as memoryFiles from "./memory-files.ts";
import * as memoryLegacy from "./memory-legacy.ts";
import * as memoryWords from "./memory-words.ts";
import * as models from "./models.ts";
import * as plans from "./plans.ts";
import * as policies from "./policies.ts";
import * as projects from "./projects.ts";
import * as queue from "./queue.ts";
import * as search from "./search.ts";
import * as searchStatus from "./search-status.ts";
import * as sessions from "./sessions.ts";
import * as topics from "./topics.ts";
import * as turnHistory from "./turn-history.ts";
import * as turns from "./turns.ts";
import * as usage from "./usage.ts";
import * as webSessions from "./web-sessions.ts";

/** Every endpoint there is: what the API must mount, the OpenAPI document lists and the security tests walk through. */
export const ENDPOINTS = {
  healthz: health.healthz,
  readyz: health.readyz,
  legacyHealth: health.legacyHealth,
  legacyApiHealth: health.legacyApiHealth,
  system: health.system,
  liveStream: live.liveStream,
  postInbox: inbox.postInbox,
  settleInbox: inbox.settleInbox,
  registerBot: bots.registerBot,
  reportBotState: bots.reportBotState,
  leaseBot: bots.leaseBot,
  listBots: bots.listBots,
  listAudit: audit.listAudit,
  takeBackup: backups.takeBackup,
  deliveriesStream: deliveries.deliveriesStream,
  setDeliveryPlaceholder: deliveries.setDeliveryPlaceholder,
  settleDelivery: deliveries.settleDelivery,
  listDeliveries: deliveries.listDeliveries,
  retryDelivery: deliveries.retryDelivery,
  submitTurn: turns.submitTurn,
  listTurns: turnHistory.listTurns,
  traceTurn: turnHistory.traceTurn,
  listRecalls: turnHistory.listRecalls,
  getTurn: turns.getTurn,
  turnEvents: turns.turnEvents,
  retryTurn: turns.retryTurn,
  setPlaceholder: turns.setPlaceholder,
  advanceTurn: queue.advanceTurn,
  dropTurn: queue.dropTurn,
  getChatStatus: chats.getChatStatus,
  stopChat: chats.stopChat,
  releaseQueue: chats.releaseQueue,
  newConversation: chats.newConversation,
  setAway: chats.setAway,
  listCommands: commands.listCommands,
  runCommand: commands.runCommand,
  rerunEdited: queue.rerunEdited,
  noteTopic: topics.noteTopic,
  titleTopic: topics.titleTopic,
  confirmPlan: plans.confirmPlan,
  requestPairing: access.requestPairing,
  listPairingRequests: access.listPairingRequests,
  approvePairing: access.approvePairing,
  listAccess: access.listAccess,
  refusePairing: access.refusePairing,
  setRole: access.setRole,
  revokeAccess: access.revokeAccess,
  createInvitation: invitations.createInvitation,
  listInvitations: invitations.listInvitations,
  withdrawInvitation: invitations.withdrawInvitation,
  redeemInvitation: invitations.redeemInvitation,
  listAccessChats: accessChats.listAccessChats,
  allowChat: accessChats.allowChat,
  disallowChat: accessChats.disallowChat,
  moveChat: accessChats.moveChat,
  listModels: models.listModels,
  getChatModel: models.getChatModel,
  chooseChatModel: models.chooseChatModel,
  listApprovals: approvals.listApprovals,
  getApproval: approvals.getApproval,
  decideApproval: approvals.decideApproval,
  chooseAnswer: approvals.chooseAnswer,
  listPolicies: policies.listPolicies,
  setPolicy: policies.setPolicy,
  listProjects: projects.listProjects,
  addProject: projects.addProject,
  removeProject: projects.removeProject,
  chooseProject: projects.chooseProject,
  listConversations: conversations.listConversations,
  selectConversation: conversations.selectConversation,
  exportConversation: conversations.exportConversation,
  renameConversation: conversations.renameConversation,
  removeWorktree: conversations.removeWorktree,
  getUsage: usage.getUsage,
  listSessions: sessions.listSessions,
  reapSessions: sessions.reapSessions,
  getPanic: holds.getPanic,
  startPanic: holds.startPanic,
  releasePanic: holds.releasePanic,
  failAttachment: attachments.failAttachment,
  uploadFile: files.uploadFile,
  listFiles: files.listFiles,
  downloadFile: files.downloadFile,
  deleteFile: files.deleteFile,
  resendFile: files.resendFile,
  listArchives: archives.listArchives,
  archiveChat: archives.archiveChat,
  restoreArchive: archives.restoreArchive,
  forgetArchive: archives.forgetArchive,
  gatewayCleanup: gateway.gatewayCleanup,
  gatewaySend: gateway.gatewaySend,
  gatewaySendStream: gateway.gatewaySendStream,
  gatewayStop: gateway.gatewayStop,
  gatewaySessions: gateway.gatewaySessions,
  gatewayReset: gateway.gatewayReset,
  gatewayReap: gateway.gatewayReap,
  gatewayQueueStatus: gateway.gatewayQueueStatus,
  listChatSessions: chatHistory.listChatSessions,
  getChatSession: chatHistory.getChatSession,
  addChatMessage: chatHistory.addChatMessage,
  listMemories: memories.listMemories,
  getMemory: memories.getMemory,
  createMemory: memories.createMemory,
  updateMemory: memories.updateMemory,
  deleteMemory: memories.deleteMemory,
  acceptMemory: memories.acceptMemory,
  rejectMemory: memories.rejectMemory,
  memoryHistory: memoryChanges.memoryHistory,
  listMemoryChanges: memoryChanges.listMemoryChanges,
  undoMemoryChange: memoryChanges.undoMemoryChange,
  askInstead: memoryWords.askInstead,
  rememberText: memoryWords.rememberText,
  forgetText: memoryWords.forgetText,
  exportMemories: memoryFiles.exportMemories,
  importMemories: memoryFiles.importMemories,
  legacyListMemories: memoryLegacy.legacyListMemories,
  legacyAddMemory: memoryLegacy.legacyAddMemory,
  legacyUpdateMemory: memoryLegacy.legacyUpdateMemory,
  legacyDeleteMemory: memoryLegacy.legacyDeleteMemory,
  legacySearchMemories: memoryLegacy.legacySearchMemories,
  listHistorySessions: history.listHistorySessions,
  listHistoryMessages: history.listHistoryMessages,
  openHistoryMessage: history.openHistoryMessage,
  exportHistory: history.exportHistory,
  deleteHistoryMessage: history.deleteHistoryMessage,
  deleteHistorySession: history.deleteHistorySession,
  searchChatHistory: search.searchChatHistory,
  searchEverything: search.searchEverything,
  getSearchStatus: searchStatus.getSearchStatus,
  reindexSearch: searchStatus.reindexSearch,
  evaluateMemory: memoryEval.evaluateMemory,
  createWebCode: webSessions.createWebCode,
  signIn: webSessions.signIn,
  getWebSession: webSessions.getWebSession,
  signOut: webSessions.signOut,
  listWebSessions: webSessions.listWebSessions,
  revokeWebSession: webSessions.revokeWebSession,
  revokeOtherWebSessions: webSessions.revokeOtherWebSessions,
} as const;

/** Endpoints that answer without a token: watchdogs and deploy scripts probe them. The Host check still applies. */
export const PUBLIC_PATHS: readonly string[] = ["/healthz", "/readyz", "/health", "/api/health"];
