import type { ChatAddress } from "@steward/contract/ids";

/** Whether one more turn may wait: the same rule at every door. */
export interface QueueRoom {
  /** `alsoWaiting`: turns of this chat that were accepted a moment ago and stand in no queue yet. */
  isFull(address: ChatAddress, alsoWaiting?: number): boolean;
}

export const createQueueRoom = (deps: {
  limits: { maxWaitingPerChat: number; maxWaiting: number };
  chatRefOf: (address: ChatAddress) => number | null;
  /** What was put aside counts: a chat can not keep more by stopping than by waiting. */
  waitingIn: (chatRef: number) => number;
  /** In all chats together; inside a transaction those that it has inserted count. */
  countWaiting: () => number;
}): QueueRoom => ({
  isFull: (address, alsoWaiting = 0) => {
    const chatRef = deps.chatRefOf(address);
    const waiting = chatRef === null ? 0 : deps.waitingIn(chatRef);
    if (waiting + alsoWaiting >= deps.limits.maxWaitingPerChat) return true;
    return deps.countWaiting() >= deps.limits.maxWaiting;
  },
});
