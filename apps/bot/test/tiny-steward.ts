import type { ChatStatus } from "@steward/contract/chats";
import type { Conversation } from "@steward/contract/conversations";
import type { Delivery, TurnSnapshot } from "@steward/contract/deliveries";
import type { Steward } from "../src/steward/steward.ts";

export const BOT = "4242";
export const CHAT = { botId: BOT, chatId: "77", threadId: "" };
export const TURN = "0193f0a2-7c11-7000-8000-00000000002a";

/** The API's verbs as a test wants them: those it does not name must not be called. */
export function stewardWith(verbs: Partial<Steward>): Steward {
  return new Proxy(verbs as Steward, {
    get: (target, name) => {
      const verb: unknown = Reflect.get(target, name);
      if (verb === undefined) throw new Error(`the API's ${String(name)} was not expected to be called`);
      return verb;
    },
  });
}

export const statusOf = (more: Partial<ChatStatus> = {}): ChatStatus => ({
  ...CHAT,
  session: { state: "suspended", pid: null, lastActiveAt: null, model: null },
  conversation: null,
  running: null,
  waiting: 0,
  held: false,
  ...more,
});

export const conversationOf = (more: Partial<Conversation> = {}): Conversation => ({
  id: TURN,
  title: null,
  cwd: "/workspaces/77",
  project: null,
  branch: null,
  current: false,
  turns: 1,
  costUsd: 0,
  createdAt: 0,
  lastActiveAt: 0,
  ...more,
});

export const deliveryOf = (more: Partial<Delivery> = {}): Delivery => ({
  id: "0193f0a2-7c11-7000-8000-0000000000d1",
  ...CHAT,
  turnId: null,
  kind: "answer",
  state: "pending",
  text: "The answer.",
  file: null,
  approvalId: null,
  revision: 0,
  actions: [],
  language: "en",
  replyToMessageId: null,
  turnMessageIds: [],
  placeholderIds: [],
  attempt: 0,
  nextAt: 0,
  createdAt: 0,
  lastError: null,
  ...more,
});

export const snapshotOf = (more: Partial<TurnSnapshot> = {}): TurnSnapshot => ({
  turnId: TURN,
  ...CHAT,
  state: "received",
  language: "en",
  receivedAt: 0,
  startedAt: null,
  queuePosition: null,
  held: false,
  replyToMessageId: 7,
  placeholderId: null,
  text: "",
  tools: [],
  approvals: [],
  ...more,
});

/** Where placeholders of deliveries are kept: the first one of a part wins. */
export class PlaceholderStore {
  readonly ids = new Map<string, number>();

  readonly setDeliveryPlaceholder = (
    deliveryId: string,
    part: number,
    messageId: number,
    replaces?: number,
  ): Promise<number> => {
    const key = `${deliveryId} ${part}`;
    const known = this.ids.get(key);
    const winner = known === undefined || known === replaces ? messageId : known;
    this.ids.set(key, winner);
    return Promise.resolve(winner);
  };

  /** As the API would send the delivery after a restart of the bot. */
  refresh(delivery: Delivery): Delivery {
    const parts = [...this.ids].filter(([key]) => key.startsWith(delivery.id));
    const placeholderIds = [...delivery.placeholderIds];
    for (const [key, id] of parts) placeholderIds[Number(key.split(" ")[1])] = id;
    return { ...delivery, placeholderIds: Array.from(placeholderIds, (id) => id ?? null) };
  }
}
