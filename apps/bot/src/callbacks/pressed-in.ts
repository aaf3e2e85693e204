import { type ChatAddress, isSameChat } from "@steward/contract/ids";
import type { ButtonPress } from "./press-button.ts";

/** An id is a route, not a right: only in the chat that it is about does a button count. */
export const isPressedIn = (home: ChatAddress, { address, topicIsUnknown = false }: ButtonPress): boolean =>
  isSameChat(home, topicIsUnknown ? { ...address, threadId: home.threadId } : address);
