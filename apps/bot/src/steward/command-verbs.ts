import { ApiError } from "@steward/client/api-error";
import { type Bot, listBots } from "@steward/contract/bots";
import { type Away, setAway } from "@steward/contract/chats";
import { type CommandList, type CommandOutcome, listCommands, runCommand } from "@steward/contract/commands";
import { type ExportedConversation, exportConversation } from "@steward/contract/conversations";
import type { EndpointInput } from "@steward/contract/endpoint";
import { type Readiness, readyz, type SystemInfo, system } from "@steward/contract/health";
import { getPanic, type Panic } from "@steward/contract/holds";
import type { ChatAddress } from "@steward/contract/ids";
import { listPolicies, type Policy, type PolicyName, setPolicy } from "@steward/contract/policies";
import {
  listTurns,
  type TURN_FILTERS,
  type TurnSummary,
  type TurnTrace,
  traceTurn,
} from "@steward/contract/turn-history";
import { getUsage, type Usage } from "@steward/contract/usage";
import { nullWhenMissing } from "./null-when-missing.ts";
import type { VerbDeps } from "./verb-deps.ts";

/** What commands ask of the API, besides what the rest of the bot asks. */
export interface CommandVerbs {
  turns(address: ChatAddress, only: (typeof TURN_FILTERS)[number], limit: number): Promise<TurnSummary[]>;
  /** By a message of the chat, or its last turn; null when nothing is known of it. */
  trace(address: ChatAddress, messageId: number | null): Promise<TurnTrace | null>;
  setAway(address: ChatAddress, away: boolean): Promise<Away>;
  /** Null: nothing was said yet. */
  exportConversation(address: ChatAddress): Promise<ExportedConversation | null>;
  /** What holds for a chat, also for one that has said nothing yet. */
  policies(address: ChatAddress): Promise<Policy[]>;
  /** Throws ApiError `owner_only`. */
  setPolicy(address: ChatAddress, name: PolicyName, value: unknown, userId: string): Promise<Policy>;
  /** @param from UTC ms. Without a chat: of the whole bot */
  usage(of: { chat: ChatAddress | null; from: number }): Promise<Usage>;
  panicStatus(): Promise<Panic>;
  commandList(address: ChatAddress): Promise<CommandList>;
  /** The same key never runs anything twice. */
  runCommand(body: EndpointInput<typeof runCommand>["body"], onceKey: string): Promise<CommandOutcome>;
  system(): Promise<SystemInfo>;
  readiness(): Promise<Readiness>;
  bots(): Promise<Bot[]>;
}

/** An own command may run for fifteen minutes, and is ended within seconds after that. */
const COMMAND_TIMEOUT_MS = 930_000;

export function createCommandVerbs({ client, botId, signal, promptly }: VerbDeps): CommandVerbs {
  return {
    turns: (address, only, limit) =>
      promptly(() => client.call(listTurns, { query: { ...address, only, limit }, signal })),
    trace: ({ chatId, threadId }, messageId) => {
      const query = { botId, chatId, threadId, ...(messageId !== null && { messageId }) };
      return nullWhenMissing(promptly(() => client.call(traceTurn, { query, signal })));
    },
    setAway: (address, away) => promptly(() => client.call(setAway, { body: { ...address, away }, signal })),
    exportConversation: (address) =>
      nullWhenMissing(promptly(() => client.call(exportConversation, { query: address, signal }))),
    policies: async (address) =>
      (await nullWhenMissing(promptly(() => client.call(listPolicies, { query: address, signal })))) ??
      (await promptly(() => client.call(listPolicies, { query: { botId }, signal }))),
    setPolicy: (address, name, value, userId) =>
      promptly(() => client.call(setPolicy, { body: { ...address, name, value, userId }, signal })),
    usage: ({ chat, from }) =>
      promptly(() =>
        client.call(getUsage, { query: { ...(chat ?? { botId }), from, by: "day" as const }, signal }),
      ),
    panicStatus: () => promptly(() => client.call(getPanic, { signal })),
    commandList: ({ chatId, threadId }) =>
      promptly(() => client.call(listCommands, { query: { botId, chatId, threadId }, signal })),
    runCommand: (body, onceKey) => {
      const headers = { "idempotency-key": onceKey };
      return promptly(() =>
        client.call(runCommand, { body, headers, signal, timeoutMs: COMMAND_TIMEOUT_MS }),
      );
    },
    system: () => promptly(() => client.call(system, { signal })),
    readiness: async () => {
      try {
        return await client.call(readyz, { signal });
      } catch (error) {
        // What is not ready says why with a 503.
        const body = error instanceof ApiError ? readinessOf(error.body) : null;
        if (body === null) throw error;
        return body;
      }
    },
    bots: () => promptly(() => client.call(listBots, { signal })),
  };
}

const readinessOf = (body: unknown): Readiness | null =>
  typeof body === "object" && body !== null && "components" in body ? (body as Readiness) : null;
