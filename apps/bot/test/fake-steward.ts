import type { AccessEntry } from "@steward/contract/access";
import type { ChatStatus } from "@steward/contract/chats";
import {
  type Delivery,
  type FrontEndEvent,
  frontEndEventSchema,
  type TurnSnapshot,
} from "@steward/contract/deliveries";
import { DomainError } from "@steward/contract/errors";
import type { InboxResult, InboxUpdate } from "@steward/contract/inbox";
import type { TurnEventBody } from "@steward/contract/turn-events";
import { createIds } from "@steward/platform/ids";
import type { EndpointName } from "./contract-call.ts";
import { type Call, type ContractServer, type Handler, startContractServer } from "./contract-server.ts";

export const STEWARD_TOKEN = "test-steward-token-test-steward-token";

interface InboxRow extends InboxResult {
  botId: string;
  update: InboxUpdate;
}

/**
 * What the bot sees of Steward's API, in memory: the inbox with its uniqueness, turns and deliveries with first-wins
 * placeholders, access, and the front end's stream with the whole present on connecting. Turns do nothing by
 * themselves: the test plays them with {@link FakeSteward.event} and {@link FakeSteward.finish}.
 */
export interface FakeSteward extends FakeStewardCore {
  readonly server: ContractServer;
  close(): Promise<void>;
}

export interface FakeStewardCore {
  readonly handlers: Partial<Record<EndpointName, Handler>>;
  readonly rows: InboxRow[];
  readonly turns: Map<string, TurnSnapshot>;
  readonly deliveries: Map<string, Delivery & { outcomes: unknown[] }>;
  readonly botStates: { botId: string; state: string; detail: string }[];
  /** Connected streams. */
  streams(): number;
  allow(botId: string, userId: string, createdAt?: number): void;
  openTurn(turn: Partial<TurnSnapshot> & { botId: string; chatId: string }): string;
  event(turnId: string, body: TurnEventBody): void;
  /** Ends a turn the way the API does: the final event, then its delivery. Answers the delivery's id. */
  finish(turnId: string, text: string, more?: Partial<Delivery> & { state?: never }): string;
  deliver(delivery: Partial<Delivery> & { botId: string; chatId: string; text: string }): string;
  /** Leaves an update pending, as after a crash between its commit and its handling. */
  leavePending(botId: string, update: InboxUpdate): number;
  /** Cuts every open stream; the bot is expected to come back. */
  cutStreams(): void;
  statusOf: (chatId: string) => Partial<ChatStatus>;
  onStop: (chatId: string, turnId?: string) => { stopped: boolean; turnId: string | null; waiting: number };
}

export async function startFakeSteward(): Promise<FakeSteward> {
  const core = createFakeSteward();
  const server = await startContractServer({ token: STEWARD_TOKEN, handlers: core.handlers });
  return Object.assign(core, { server, close: () => server.close() });
}

/** @param now UTC ms */
export function createFakeSteward(now: () => number = Date.now): FakeStewardCore {
  const ids = createIds();
  const rows: InboxRow[] = [];
  const turns = new Map<string, TurnSnapshot>();
  const deliveries = new Map<string, Delivery & { outcomes: unknown[] }>();
  const botStates: { botId: string; state: string; detail: string }[] = [];
  const access: AccessEntry[] = [];
  const codes = new Map<string, string>();
  const sinks = new Set<{ botId: string; response: Call["response"] }>();

  const send = (botId: string, event: FrontEndEvent): void => {
    const data = JSON.stringify(frontEndEventSchema.parse(event));
    for (const sink of sinks) if (sink.botId === botId) sink.response.write(`data: ${data}\n\n`);
  };
  const entriesOf = (botId: string): AccessEntry[] => access.filter((entry) => entry.botId === botId);
  const turnOf = (turnId: string): TurnSnapshot => {
    const turn = turns.get(turnId);
    if (turn === undefined) throw new DomainError("not_found", "no such turn");
    return turn;
  };

  const fake = {
    allow(botId: string, userId: string, createdAt = now()): void {
      access.push({ botId, userId, role: "owner", username: null, name: null, createdAt });
      send(botId, { type: "access", entries: entriesOf(botId), chats: [], moves: [] });
    },
    openTurn(turn: Partial<TurnSnapshot> & { botId: string; chatId: string }): string {
      const turnId = ids.uuid7();
      const snapshot: TurnSnapshot = {
        turnId,
        threadId: "",
        state: "received",
        language: "en",
        receivedAt: now(),
        startedAt: null,
        queuePosition: null,
        held: false,
        replyToMessageId: null,
        placeholderId: null,
        text: "",
        tools: [],
        approvals: [],
        ...turn,
      };
      turns.set(turnId, snapshot);
      send(turn.botId, { type: "turn_opened", turn: snapshot });
      return turnId;
    },
    event(turnId: string, body: TurnEventBody): void {
      const turn = turnOf(turnId);
      if (body.type === "started") Object.assign(turn, { state: "running", startedAt: now() });
      if (body.type === "queued") Object.assign(turn, { state: "queued", queuePosition: body.position });
      if (body.type === "text") turn.text = turn.text.slice(0, body.offset) + body.text;
      // The body comes from a test that the compiler has checked.
      const event = { v: 1, turnId, at: now(), ...body } as Extract<
        FrontEndEvent,
        { type: "turn_event" }
      >["event"];
      send(turn.botId, { type: "turn_event", event });
    },
    finish(turnId: string, text: string, more: Partial<Delivery> = {}): string {
      const turn = turnOf(turnId);
      turn.state = "delivering";
      fake.event(turnId, { type: "final", state: "done", text, errorCode: null, usage: null });
      const { botId, chatId, threadId, language } = turn;
      const placeholderIds = turn.placeholderId === null ? [] : [turn.placeholderId];
      return fake.deliver({
        botId,
        chatId,
        threadId,
        language,
        turnId,
        text,
        kind: "answer",
        placeholderIds,
        ...more,
      });
    },
    deliver(delivery: Partial<Delivery> & { botId: string; chatId: string; text: string }): string {
      const id = ids.uuid7();
      const record = {
        id,
        threadId: "",
        turnId: null,
        kind: "notice" as const,
        state: "pending" as const,
        file: null,
        approvalId: null,
        revision: 0,
        actions: [],
        language: "en" as const,
        replyToMessageId: null,
        turnMessageIds: [],
        placeholderIds: [],
        attempt: 0,
        nextAt: now(),
        createdAt: now(),
        lastError: null,
        ...delivery,
        outcomes: [],
      };
      deliveries.set(id, record);
      send(delivery.botId, { type: "delivery", delivery: record });
      return id;
    },
    leavePending(botId: string, update: InboxUpdate): number {
      const inboxId = rows.length + 1;
      rows.push({
        botId,
        update,
        updateId: update.updateId,
        inboxId,
        state: "pending",
        turnId: null,
        duplicate: false,
      });
      return inboxId;
    },
    cutStreams(): void {
      for (const { response } of sinks) response.destroy();
      sinks.clear();
    },
    statusOf: (_chatId: string): Partial<ChatStatus> => ({}),
    onStop: (chatId: string, turnId?: string) => {
      const running = [...turns.values()].find(
        (turn) =>
          turn.chatId === chatId && turn.state === "running" && (turnId ?? turn.turnId) === turn.turnId,
      );
      if (running === undefined) return { stopped: false, turnId: null, waiting: 0 };
      fake.finish(running.turnId, "⏹ Stopped.", { kind: "failure" });
      return { stopped: true, turnId: running.turnId, waiting: 0 };
    },
  };

  const accept = (botId: string, update: InboxUpdate): InboxResult => {
    const known = rows.find((row) => row.botId === botId && row.updateId === update.updateId);
    if (known !== undefined) return { ...pickResult(known), duplicate: true };
    const inboxId = rows.length + 1;
    const isTurn = update.kind === "prompt" && update.chat !== null;
    const ended = update.kind === "denied" || update.kind === "malformed";
    const row: InboxRow = {
      botId,
      update,
      updateId: update.updateId,
      inboxId,
      state: isTurn ? "turn" : ended ? "ignored" : "pending",
      turnId: null,
      duplicate: false,
    };
    rows.push(row);
    if (isTurn && update.chat !== null) {
      row.turnId = fake.openTurn({
        botId,
        chatId: update.chat.id,
        threadId: update.chat.threadId,
        language: update.sender?.language ?? "en",
        replyToMessageId: update.messageId,
      });
    }
    return pickResult(row);
  };

  const handlers: Partial<Record<EndpointName, Handler>> = {
    leaseBot: () => ({ held: true, until: now() + 30_000 }),
    registerBot: ({ params, body }) => botRecord(params.botId ?? "", body),
    reportBotState: ({
      params,
      body,
    }: {
      params: Record<string, string>;
      body: { state: string; detail: string };
    }) => {
      botStates.push({ botId: params.botId ?? "", ...body });
      return botRecord(params.botId ?? "", { username: null });
    },
    postInbox: ({ body }: { body: { botId: string; updates: InboxUpdate[] } }) => {
      const results = body.updates.map((update) => accept(body.botId, update));
      return { ackedThrough: Math.max(...body.updates.map(({ updateId }) => updateId)), results };
    },
    settleInbox: ({
      params,
      body,
    }: {
      params: Record<string, string>;
      body: { state: InboxRow["state"] };
    }) => {
      const row = rows.find(({ inboxId }) => inboxId === Number(params.inboxId));
      if (row === undefined) throw new DomainError("not_found", "no such row");
      if (row.state === "pending") row.state = body.state;
      return { state: row.state };
    },
    deliveriesStream: ({ query, response }) => {
      const botId = query.botId ?? "";
      response.writeHead(200, { "content-type": "text/event-stream" });
      const sink = { botId, response };
      const only = (event: FrontEndEvent): void => {
        response.write(`data: ${JSON.stringify(frontEndEventSchema.parse(event))}\n\n`);
      };
      only({ type: "access", entries: entriesOf(botId), chats: [], moves: [] });
      for (const turn of turns.values()) {
        if (turn.botId === botId && turn.state !== "done") only({ type: "turn_opened", turn });
      }
      for (const row of rows) {
        if (row.botId === botId && row.state === "pending")
          only({ type: "update", inboxId: row.inboxId, update: row.update });
      }
      for (const delivery of deliveries.values()) {
        if (delivery.botId === botId && delivery.state === "pending") only({ type: "delivery", delivery });
      }
      only({ type: "live" });
      sinks.add(sink);
      response.on("close", () => sinks.delete(sink));
    },
    setPlaceholder: ({ params, body }: { params: Record<string, string>; body: { messageId: number } }) => {
      const turn = turnOf(params.turnId ?? "");
      turn.placeholderId ??= body.messageId;
      const delivery = [...deliveries.values()].find(({ turnId }) => turnId === turn.turnId);
      if (delivery !== undefined) delivery.placeholderIds[0] ??= turn.placeholderId;
      return { messageId: delivery?.placeholderIds[0] ?? turn.placeholderId };
    },
    setDeliveryPlaceholder: ({
      params,
      body,
    }: {
      params: Record<string, string>;
      body: { part: number; messageId: number; replaces?: number };
    }) => {
      const delivery = deliveries.get(params.deliveryId ?? "");
      if (delivery === undefined) throw new DomainError("not_found", "no such delivery");
      while (delivery.placeholderIds.length <= body.part) delivery.placeholderIds.push(null);
      const known = delivery.placeholderIds[body.part] ?? null;
      const messageId = known === null || known === body.replaces ? body.messageId : known;
      delivery.placeholderIds[body.part] = messageId;
      return { messageId };
    },
    settleDelivery: ({
      params,
      body,
    }: {
      params: Record<string, string>;
      body: { outcome: string; retryAt?: number };
    }) => {
      const delivery = deliveries.get(params.deliveryId ?? "");
      if (delivery === undefined) throw new DomainError("not_found", "no such delivery");
      delivery.outcomes.push(body);
      if (delivery.state !== "pending") return { state: delivery.state };
      if (body.outcome === "retry") {
        delivery.nextAt = body.retryAt ?? delivery.nextAt;
        delivery.attempt += 1;
        send(delivery.botId, { type: "delivery", delivery });
      } else {
        delivery.state = body.outcome as Delivery["state"];
        if (delivery.turnId !== null) turnOf(delivery.turnId).state = "done";
      }
      return { state: delivery.state };
    },
    getChatStatus: ({ query }) => ({
      botId: query.botId,
      chatId: query.chatId,
      threadId: query.threadId ?? "",
      session: { state: "idle", pid: null, lastActiveAt: null, model: null },
      conversation: null,
      running: null,
      waiting: 0,
      held: false,
      ...fake.statusOf(query.chatId ?? ""),
    }),
    stopChat: ({ body }: { body: { chatId: string; turnId?: string } }) =>
      fake.onStop(body.chatId, body.turnId),
    releaseQueue: () => ({ count: 2 }),
    newConversation: () => ({ conversationId: ids.uuid7() }),
    getTurn: ({ params }) => {
      const { turnId, botId, chatId, threadId, state, text, receivedAt, startedAt, queuePosition } = turnOf(
        params.turnId ?? "",
      );
      const turn = { id: turnId, botId, chatId, threadId, state, text, receivedAt, startedAt, queuePosition };
      const rest = {
        attempt: 1,
        prompt: "",
        startedTools: false,
        errorCode: null,
        errorDetail: null,
        usage: null,
      };
      return { ...turn, ...rest, conversationId: null, source: "telegram", finishedAt: null };
    },
    retryTurn: ({ params }) => {
      const turn = turnOf(params.turnId ?? "");
      const { botId, chatId, threadId } = turn;
      return { turnId: fake.openTurn({ botId, chatId, threadId }), state: "received", duplicate: false };
    },
    requestPairing: ({ body }: { body: { userId: string } }) => {
      const known = codes.get(body.userId);
      if (known === undefined && codes.size >= 3)
        throw new DomainError("pairing_too_many", "three are waiting");
      const code = known ?? ids.pairingCode();
      codes.set(body.userId, code);
      return { code, expiresAt: now() + 3_600_000, fresh: known === undefined };
    },
    listAccess: ({ query }) => entriesOf(query.botId ?? ""),
  };

  return Object.assign(fake, {
    handlers,
    rows,
    turns,
    deliveries,
    botStates,
    streams: () => sinks.size,
  });
}

const pickResult = ({ updateId, inboxId, state, turnId, duplicate }: InboxRow): InboxResult => ({
  updateId,
  inboxId,
  state,
  turnId,
  duplicate,
});

const botRecord = (id: string, { username }: { username: string | null }) => ({
  id,
  kind: "telegram",
  username,
  state: "unknown",
  stateDetail: "",
  stateAt: 0,
  ackedThrough: null,
});
