import type { Endpoint } from "./endpoint.ts";
import { ENDPOINTS } from "./endpoints.ts";

type EndpointName = keyof typeof ENDPOINTS;
/** The endpoints that change something. */
export type ChangingEndpoint = {
  [Name in EndpointName]: (typeof ENDPOINTS)[Name]["method"] extends "get" ? never : Name;
}[EndpointName];

/**
 * What becomes of a request that comes twice, because its sender does not know how it went the first time.
 *
 * - `key required`: it names the thing it makes, and finds it again.
 * - `key kept`: sent with a key, its first answer is kept for seven days and given again; another request with this key is
 *   refused. Without a key it is done again.
 * - anything else: why a repeat changes nothing.
 */
export const REPEATS = {
  submitTurn: "key required",
  retryTurn: "key required",
  uploadFile: "key required",
  takeBackup: "key kept",
  runCommand: "key required",
  stopChat: "key kept",
  advanceTurn: "key kept",
  dropTurn: "key kept",
  rerunEdited: "key kept",
  confirmPlan: "key kept",
  releaseQueue: "key kept",
  newConversation: "key kept",
  approvePairing: "key kept",
  refusePairing: "key kept",
  revokeAccess: "key kept",
  createInvitation: "key kept",
  withdrawInvitation: "key kept",
  disallowChat: "key kept",
  decideApproval: "key kept",
  addProject: "key kept",
  removeProject: "key kept",
  chooseProject: "key kept",
  removeWorktree: "key kept",
  reapSessions: "key kept",
  deleteFile: "key kept",
  archiveChat: "key kept",
  addChatMessage: "key kept",
  createMemory: "key kept",
  updateMemory: "key kept",
  deleteMemory: "key kept",
  acceptMemory: "key kept",
  rejectMemory: "key kept",
  undoMemoryChange: "key kept",
  askInstead: "key kept",
  rememberText: "key kept",
  forgetText: "key kept",
  importMemories: "key kept",
  legacyAddMemory: "key kept",
  deleteHistoryMessage: "key kept",
  deleteHistorySession: "key kept",
  evaluateMemory: "measures, and changes nothing of what is kept",
  reindexSearch: "says that everything is to be embedded anew, and begins at the beginning",
  postInbox: "one row per bot and update; the repeat is answered from it",
  settleInbox: "a row has one outcome, the first",
  registerBot: "says what the bot is called, and that it is there",
  noteTopic: "says what the topic is called",
  titleTopic: "told once; a topic whose title was lost on the way keeps the name it has",
  leaseBot: "the one that has it has it for longer; for all others nothing changes",
  reportBotState: "says what state the bot is in",
  setDeliveryPlaceholder: "the first message wins and is answered",
  settleDelivery: "a delivery has one outcome, the first",
  retryDelivery: "says that it is to be tried again; what is on its way stays there",
  setAway: "says whether the person is away",
  setPlaceholder: "the first message wins and is answered",
  requestPairing: "the same person gets the same code until it expires",
  setRole: "says which role it is to be",
  redeemInvitation: "the person whom it let in is answered the same",
  allowChat: "says how the bot is to be used there",
  moveChat: "what stands under the old id is moved; then there is nothing left of it",
  chooseChatModel: "says which model it is to be",
  chooseAnswer: "says what is to be chosen; a question that was answered is not answered anew",
  setPolicy: "says what the value is to be",
  selectConversation: "says which conversation is to be the current one",
  renameConversation: "says what the title is to be",
  startPanic: "says that everything is to stand still, and ends what runs all the same",
  releasePanic: "says that turns are to run again",
  failAttachment: "says that a file cannot be had; what is here, or was given up, stays so",
  resendFile: "sent once for each time that its fate was unclear, however often it is asked",
  restoreArchive: "overwrites nothing, and what is the same is left as it is",
  forgetArchive: "says that the archive is given up",
  gatewaySend: "the ancestor's clients have no keys: an unanswered repeat joins the turn that runs",
  gatewaySendStream: "the ancestor's clients have no keys: an unanswered repeat joins the turn that runs",
  gatewayStop: "within a minute of another stop it does nothing",
  gatewayReset: "the ancestor's: a further conversation in which nothing was said is never shown",
  gatewayReap: "ends what is idle; of that there is nothing left",
  legacyUpdateMemory: "says what it is to be",
  legacyDeleteMemory: "says that it is to be gone",
  createWebCode: "a code that nobody uses is forgotten after ten minutes",
  signIn: "a code signs one browser in; one that did not hear of it asks for a new link",
  signOut: "says that this browser is signed out",
  revokeWebSession: "says that the browser is signed out",
  revokeOtherWebSessions: "says that only this browser stays signed in",
  gatewayCleanup: "what is packed away is not packed again",
} as const satisfies Record<ChangingEndpoint, string>;

/** Those whose answers are kept by their key. */
export type KeptEndpoint = {
  [Name in ChangingEndpoint]: (typeof REPEATS)[Name] extends "key kept" ? Name : never;
}[ChangingEndpoint];

const kept: ReadonlySet<Endpoint> = new Set(
  Object.entries(REPEATS).flatMap(([name, repeat]) =>
    repeat === "key kept" ? [ENDPOINTS[name as ChangingEndpoint]] : [],
  ),
);

/** Whether an endpoint's answers are kept by their `Idempotency-Key`. */
export const keepsAnswers = (endpoint: Endpoint): boolean => kept.has(endpoint);
