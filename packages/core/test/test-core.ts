import { createFakeCliDriver, type FakeCliDriver } from "@steward/claude/fake-cli-driver";
import type { FrontEndEvent } from "@steward/contract/deliveries";
import type { ChatAddress } from "@steward/contract/ids";
import type { InboxUpdate } from "@steward/contract/inbox";
import type { Turn } from "@steward/contract/turns";
import { createFakeClock, type FakeClock } from "@steward/platform/clock";
import { createIds } from "@steward/platform/ids";
import { createSilentLogger, type Logger } from "@steward/platform/logger";
import type { TurnSource } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { type Core, type CoreDeps, createCore } from "../src/core.ts";
import { createInProcessRunner } from "../src/search/in-process-runner.ts";
import { DEFAULT_SESSION_LIMITS, type SessionLimits } from "../src/sessions/session-limits.ts";
import { openOwnDatabase } from "./own-database.ts";

export interface SubmitExtra {
  deliver?: boolean;
  key?: string;
  source?: TurnSource;
  userId?: string | null;
}

export interface TestCore {
  core: Core;
  driver: FakeCliDriver;
  clock: FakeClock;
  database: OpenDatabase;
  /** A prompt from the terminal; resolves when it is settled. */
  ask(text: string, address?: Partial<ChatAddress>): Promise<Turn>;
  submit(text: string, address?: Partial<ChatAddress>, extra?: SubmitExtra): string;
  /** A front end of `botId`, with everything it was told. */
  frontEnd(botId: string): { events: FrontEndEvent[]; detach(): void };
  /** The service dies here and starts again on the same database, without any farewell. */
  reboot(options?: { driver?: FakeCliDriver; log?: Logger; clock?: FakeClock }): Promise<TestCore>;
}

export const startCore = async (
  options: {
    database?: OpenDatabase;
    driver?: FakeCliDriver;
    clock?: FakeClock;
    limits?: Partial<SessionLimits>;
    freeMemoryBytes?: () => Promise<number>;
    reapProcesses?: CoreDeps["reapProcesses"];
    policyVeto?: CoreDeps["policyVeto"];
    fileLimits?: CoreDeps["fileLimits"];
    freeDiskBytes?: CoreDeps["freeDiskBytes"];
    transcriber?: NonNullable<CoreDeps["transcriber"]>;
    recover?: boolean;
    log?: Logger;
    workspaces?: CoreDeps["workspaces"];
    surroundings?: CoreDeps["surroundings"];
    environmentPolicies?: NonNullable<CoreDeps["environmentPolicies"]>;
    askLogin?: CoreDeps["askLogin"];
    sampleProcesses?: CoreDeps["sampleProcesses"];
    warnsOfSharing?: boolean;
    sharedContext?: CoreDeps["sharedContext"];
    agentToolsUrl?: () => Promise<string>;
  } = {},
): Promise<TestCore> => {
  const database = options.database ?? openOwnDatabase();
  const driver = options.driver ?? createFakeCliDriver();
  const clock = options.clock ?? createFakeClock();
  const core = createCore({
    searchRunner: createInProcessRunner,
    database,
    driver,
    clock,
    engine: {
      kind: "live",
      launch: async () => ({ binary: { path: "/fake/claude", version: "2.1.197", source: "env" }, env: {} }),
    },
    workspaces: options.workspaces ?? {
      ensure: (address) => `/workspaces/${address.botId}/${address.chatId}`,
      pathOf: (address) => `/workspaces/${address.botId}/${address.chatId}`,
      exists: () => true,
      locate: () => null,
    },
    sharedContext: options.sharedContext ?? null,
    ...(options.agentToolsUrl && { agentToolsUrl: options.agentToolsUrl }),
    surroundings: options.surroundings ?? {
      stewardDirectories: [],
      homeDirectory: "/nobody",
      worktreesDirectory: "/nowhere/worktrees",
      archiveDirectory: "/nowhere/archive",
      commandsDirectory: "/nowhere/commands",
      commandEnvironment: {},
      transcriptDirectories: [],
      gitEnvironment: {},
    },
    sideDirectory: () => "/aside",
    ...(options.fileLimits && { fileLimits: options.fileLimits }),
    ...(options.transcriber && { transcriber: options.transcriber }),
    ...(options.freeDiskBytes && { freeDiskBytes: options.freeDiskBytes }),
    freeMemoryBytes: options.freeMemoryBytes ?? (async () => 8 * 1_073_741_824),
    limits: { ...DEFAULT_SESSION_LIMITS, maxLive: 4, maxSpawning: 2, ...options.limits },
    queueWaitTimeoutMs: 120_000,
    ids: createIds(clock),
    log: options.log ?? createSilentLogger(),
    ...(options.environmentPolicies ? { environmentPolicies: options.environmentPolicies } : {}),
    ...(options.policyVeto === undefined ? {} : { policyVeto: options.policyVeto }),
    reapProcesses: options.reapProcesses ?? (async () => 0),
    ...(options.askLogin ? { askLogin: options.askLogin } : {}),
    ...(options.sampleProcesses ? { sampleProcesses: options.sampleProcesses } : {}),
    warnsOfSharing: options.warnsOfSharing ?? false,
    timeZone: "Asia/Shanghai",
  });
  if (options.recover !== false) await core.recover();

  const submit: TestCore["submit"] = (text, address, extra) =>
    core.turns.submit({
      address: { botId: "cli", chatId: "main", threadId: "", ...address },
      text,
      source: extra?.source ?? "cli",
      language: "en",
      userId: extra?.userId === undefined ? "1" : extra.userId,
      userName: "Ada",
      replyToMessageId: null,
      idempotencyKey: extra?.key ? { scope: "test", key: extra.key } : null,
      deliver: extra?.deliver ?? false,
    }).turnId;

  return {
    core,
    driver,
    clock,
    database,
    submit,
    ask: (text, address) => core.turns.waitForEnd(submit(text, address)),
    frontEnd: (botId) => {
      const events: FrontEndEvent[] = [];
      return { events, detach: core.frontEnd.subscribe(botId, (event) => events.push(event)) };
    },
    reboot: (next) => startCore({ ...options, database, clock, ...next }),
  };
};

let nextUpdateId = 1_000;

/** A Telegram text message as the front end classified it. */
export const promptUpdate = (text: string, overrides: Partial<InboxUpdate> = {}): InboxUpdate => ({
  updateId: nextUpdateId++,
  kind: "prompt",
  chat: { id: "42", type: "private", threadId: "" },
  sender: { id: "42", username: "ada", name: "Ada", language: "en" },
  messageId: 7,
  text,
  command: null,
  replyTo: null,
  reason: null,
  raw: {},
  ...overrides,
});

/** Lets a person in, as the owner does it. What the owner was asked about it is settled. */
export const pair = (core: Core, botId: string, userId: string): void => {
  const { code } = core.access.requestPairing({
    botId,
    userId,
    chatId: userId,
    username: null,
    name: null,
  });
  core.access.approve(code, "test");
  for (const { id, subject } of core.deliveries.open(botId)) {
    if (subject === code) core.deliveries.settle(id, { outcome: "delivered" });
  }
};

/** Resolves when `condition` holds; continuations run in between. Fails after many rounds, never hangs. */
export const until = async (condition: () => boolean, what: string): Promise<void> => {
  for (let round = 0; round < 1_000; round += 1) {
    if (condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`never happened: ${what}`);
};
