import { type AccessEntry, approvePairing, refusePairing, requestPairing } from "@steward/contract/access";
import { allowChat, disallowChat, moveChat } from "@steward/contract/access-chats";
import type { Delivery } from "@steward/contract/deliveries";
import type { EndpointInput, EndpointResult } from "@steward/contract/endpoint";
import { redeemInvitation } from "@steward/contract/invitations";
import type { VerbDeps } from "./verb-deps.ts";

type PairingAnswer = EndpointResult<typeof requestPairing>;

/** Who comes in, and in which chats the bot answers. */
export interface AccessVerbs {
  requestPairing(person: EndpointInput<typeof requestPairing>["body"]): Promise<PairingAnswer>;
  /** Comes in by an invitation. Throws ApiError `invitation_invalid`, `invitation_guesses`. */
  redeemInvitation(invited: EndpointInput<typeof redeemInvitation>["body"]): Promise<AccessEntry>;
  /** For this person, who must be allowed to let others in. Throws ApiError `pairing_code_invalid`, `owner_only`. */
  approvePairing(
    code: string,
    userId: string,
    language: Delivery["language"],
  ): Promise<EndpointResult<typeof approvePairing>>;
  refusePairing(code: string, userId: string): Promise<void>;
  allowChat(
    chatId: string,
    wish: EndpointInput<typeof allowChat>["body"],
  ): Promise<EndpointResult<typeof allowChat>>;
  /** False when it was not allowed. */
  disallowChat(chatId: string, userId: string): Promise<boolean>;
  /** Telegram says that a group lives on under another id. */
  moveChat(fromChatId: string, toChatId: string): Promise<void>;
}

export function createAccessVerbs({
  client,
  botId,
  signal,
  promptly,
  untilDone,
  newKey,
}: VerbDeps): AccessVerbs {
  return {
    requestPairing: (person) => promptly(() => client.call(requestPairing, { body: person, signal })),
    redeemInvitation: async (body) =>
      (await promptly(() => client.call(redeemInvitation, { body, signal }))).entry,
    approvePairing: (code, actingUserId, language) => {
      const call = { body: { code, actingUserId, language }, headers: newKey(), signal };
      return promptly(() => client.call(approvePairing, call));
    },
    refusePairing: async (code, actingUserId) => {
      const call = { body: { code, actingUserId }, headers: newKey(), signal };
      await promptly(() => client.call(refusePairing, call));
    },
    allowChat: (chatId, body) =>
      promptly(() => client.call(allowChat, { params: { botId, chatId }, body, signal })),
    disallowChat: async (chatId, actingUserId) => {
      const call = { params: { botId, chatId }, query: { actingUserId }, headers: newKey(), signal };
      return (await promptly(() => client.call(disallowChat, call))).disallowed;
    },
    moveChat: async (fromChatId, toChatId) => {
      await untilDone(() => client.call(moveChat, { body: { botId, fromChatId, toChatId }, signal }));
    },
  };
}
