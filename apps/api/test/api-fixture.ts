import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFakeCliDriver, type FakeCliDriver, type FakeScript } from "@steward/claude/fake-cli-driver";
import { type Client, createClient } from "@steward/client/client";
import { type Core, type CoreDeps, createCore } from "@steward/core/core";
import { createInProcessRunner } from "@steward/core/search/in-process-runner";
import { DEFAULT_SESSION_LIMITS, type SessionLimits } from "@steward/core/session-limits";
import { type Clock, createSystemClock } from "@steward/platform/clock";
import { createIds } from "@steward/platform/ids";
import { createMemoryLogger, type LogLine } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { openTestDatabase } from "@steward/schema/test-database";
import type { Hono } from "hono";
import { onTestFinished } from "vitest";
import type { ApiEnv } from "../src/http/api-env.ts";
import { createApp } from "../src/http/app.ts";
import { mountRoutes } from "../src/http/routes.ts";
import { type RunningServer, startServer } from "../src/http/server.ts";
import { createHostGate } from "../src/security/host-gate.ts";
import { createOpenStreams, type OpenStreams } from "../src/streams/open-streams.ts";
import { createAccess } from "../src/web/create-access.ts";
import type { WebAccess } from "../src/web/web-session-routes.ts";
import { createWorkspaces } from "../src/workspaces/workspaces.ts";

export const TOKEN = "test-token-of-thirty-two-characters-or-more";
export const HOST = "127.0.0.1:8000";

/** The API on the real core and a real database; only the CLI is the port's fake. */
export interface ApiFixture {
  app: Hono<ApiEnv>;
  core: Core;
  database: OpenDatabase;
  driver: FakeCliDriver;
  /** The directory that holds them. */
  workspaces: string;
  streams: OpenStreams;
  web: WebAccess;
  logLines: LogLine[];
  /** Calls the app in-process, as a client with the right token and Host. */
  fetch(path: string, init?: RequestInit & { headers?: Record<string, string> }): Promise<Response>;
  /** The typed client, in-process. */
  client: Client;
  /** Makes it listen on a free port. */
  listen(): Promise<RunningServer>;
}

export interface FixtureOptions {
  script?: FakeScript;
  clock?: Clock;
  limits?: Partial<SessionLimits>;
  queueWaitTimeoutMs?: number;
  fileLimits?: CoreDeps["fileLimits"];
  freeDiskBytes?: CoreDeps["freeDiskBytes"];
  /** Where workspaces lie; default: a folder of its own. */
  workspaces?: string;
  /** Default true. */
  recovered?: boolean;
  /** That of an API before this one; whoever made it closes it. Default: a new one. */
  database?: OpenDatabase;
  /** Where the built web UI lies; default: nowhere. */
  webDirectory?: string;
  /** Default: `TOKEN`. */
  token?: string;
}

/** For one test; everything is taken down when it ends. */
export async function createApiFixture(options: FixtureOptions = {}): Promise<ApiFixture> {
  const fixture = await openApiFixture(options);
  onTestFinished(fixture.close);
  return fixture;
}

/** For whoever closes it. */
export async function openApiFixture(
  options: FixtureOptions = {},
): Promise<ApiFixture & { close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "steward-api-"));
  const workspaces = options.workspaces ?? folder;
  const clock = options.clock ?? createSystemClock();
  const { log, lines: logLines } = createMemoryLogger();
  const database = options.database ?? openTestDatabase();
  const ids = createIds();
  const driver = createFakeCliDriver(options.script === undefined ? {} : { script: options.script });
  const binary = { path: "/nowhere/claude", version: "2.1.197", source: "bundled" as const };
  const core = createCore({
    searchRunner: createInProcessRunner,
    warnsOfSharing: true,
    database,
    driver,
    engine: { kind: "live", launch: async () => ({ binary, env: {} }) },
    surroundings: {
      stewardDirectories: [folder],
      homeDirectory: join(folder, "home"),
      worktreesDirectory: join(folder, "worktrees"),
      archiveDirectory: join(folder, "archive"),
      commandsDirectory: join(folder, "commands"),
      commandEnvironment: { PATH: process.env.PATH ?? "", HOME: join(folder, "home") },
      transcriptDirectories: [join(folder, "home", ".claude", "projects")],
      gitEnvironment: { PATH: process.env.PATH ?? "", HOME: join(folder, "home") },
    },
    agentToolsUrl: async () => `http://${HOST}/mcp`,
    sideDirectory: () => folder,
    workspaces: createWorkspaces(workspaces),
    ...(options.fileLimits && { fileLimits: options.fileLimits }),
    freeDiskBytes: options.freeDiskBytes ?? (async () => 8 * 1024 ** 3),
    freeMemoryBytes: async () => 8 * 1024 ** 3,
    limits: { ...DEFAULT_SESSION_LIMITS, maxLive: 4, maxSpawning: 2, ...options.limits },
    queueWaitTimeoutMs: options.queueWaitTimeoutMs ?? 120_000,
    clock,
    ids,
    log,
    reapProcesses: async () => 0,
  });
  if (options.recovered !== false) await core.recover();

  const hosts = createHostGate([]);
  hosts.listensOn(8000);
  const streams = createOpenStreams();
  let backupsTaken = 0;
  const access = createAccess({ token: options.token ?? TOKEN, database, core, clock, ids, log });
  access.web.cookie.listensOn(8000);
  const app = createApp({
    hosts,
    ...access.identify,
    webDirectory: options.webDirectory ?? join(folder, "no-web"),
    log,
    clock,
  });
  mountRoutes(app, {
    web: access.web,
    core,
    clock,
    log,
    streams,
    backups: {
      take: async () => ({ name: "steward-2026-11-21T12-00-00Z.db", takenAt: backupsTaken++, bytes: 4_096 }),
    },
    version: "0.0.0-test",
    checkAnswers: true,
    hasApiKey: false,
    readiness: () => ({ status: "ready", components: [] }),
    system: () => ({
      version: "0.0.0-test",
      mode: "live",
      startedAt: 0,
      cli: {
        found: true,
        path: binary.path,
        version: binary.version,
        source: "bundled",
        login: null,
        problem: null,
      },
      sandbox: { setting: "auto", active: false, problem: "missing", message: "No sandbox" },
      sessions: { live: core.load().live, max: core.load().max, queued: core.load().queued },
      transcription: { mode: "off", detail: "", problem: null },
      embedding: core.embedding.status(),
      passedOver: core.passedOver(),
      deadDeliveries: core.deadLetters.count(),
      commandProblems: [...core.commandProblems()],
      search: { vectorProblem: core.searchIndex.vectorProblem, waiting: core.searchIndex.waiting() },
      holds: core.holds().map(({ kind, until, since, by }) => ({ kind, until, since, by })),
    }),
    liveSessions: () => core.load().live,
  });

  const fetchInProcess: ApiFixture["fetch"] = async (path, init = {}) =>
    app.request(`http://${HOST}${path}`, {
      ...init,
      headers: { host: HOST, authorization: `Bearer ${TOKEN}`, ...init.headers },
    });
  const servers: RunningServer[] = [];
  return {
    close: async () => {
      await core.stop(0);
      const ended = streams.endAll();
      for (const server of servers) await server.close(0);
      // What was opened in-process and never read has nobody to close it.
      if (servers.length > 0) await ended;
      if (options.database === undefined) database.close();
      rmSync(folder, { recursive: true, force: true });
    },
    app,
    core,
    database,
    driver,
    workspaces,
    streams,
    web: access.web,
    logLines,
    fetch: fetchInProcess,
    client: createClient({
      baseUrl: `http://${HOST}`,
      token: TOKEN,
      fetch: (url, init) => {
        const headers = new Headers(init.headers);
        headers.set("host", HOST);
        return app.request(url, { ...init, headers });
      },
    }),
    listen: async () => {
      const server = await startServer(app, { host: "127.0.0.1", port: 0 });
      hosts.listensOn(server.port);
      access.web.cookie.listensOn(server.port);
      servers.push(server);
      return server;
    },
  };
}

/** The headers of a page of ours in a browser that is signed in. */
export const asBrowser = ({ web }: Pick<ApiFixture, "web">): Record<string, string> => ({
  cookie: `steward-8000=${web.sessions.open("Firefox/140.0").secret}`,
  "sec-fetch-site": "same-origin",
});

/** A promise to open from outside, for scripts that wait for the test. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
