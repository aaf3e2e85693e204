import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { CliDriver } from "@steward/claude/cli-driver";
import { createStdioCliDriver } from "@steward/claude/stdio-cli-driver";
import { type Core, createCore } from "@steward/core/core";
import { createSystemClock } from "@steward/platform/clock";
import { openDataDirectory } from "@steward/platform/data-directory";
import { failpoint } from "@steward/platform/failpoint";
import { createIds } from "@steward/platform/ids";
import { createLogger, createRedactor, type Logger } from "@steward/platform/logger";
import { freeMemoryBytes } from "@steward/platform/memory";
import { sampleTrees, sweepMarked } from "@steward/platform/process";
import { acquireInstanceLock } from "@steward/schema/instance-lock";
import { openDatabase } from "@steward/schema/sqlite";
import { loadAgentTools } from "./agents/agent-tool-routes.ts";
import type { ApiConfig } from "./api-config.ts";
import { createBackups } from "./backups/backups.ts";
import { commandEnvironment } from "./engine/command-environment.ts";
import { createEngine, demoHome } from "./engine/create-engine.ts";
import type { EngineHost } from "./engine/engine-host.ts";
import type { Environment } from "./env.ts";
import { giveBackIdleMemory, thoroughCollection } from "./health/idle-memory.ts";
import { watchLoop } from "./health/loop-watchdog.ts";
import { createReadiness, type Phase } from "./health/readiness.ts";
import { describeSystem } from "./health/system.ts";
import { scheduleHousekeeping } from "./housekeeping-schedule.ts";
import { createApp } from "./http/app.ts";
import { mountRoutes } from "./http/routes.ts";
import { startServer } from "./http/server.ts";
import { createSandboxHost, SandboxRequiredError } from "./sandbox/create-sandbox-host.ts";
import { startCheckpointThread } from "./search/checkpoint-thread.ts";
import { createEmbedders } from "./search/embedders/create-embedders.ts";
import { createWorkerSearchRunner } from "./search/worker-search-runner.ts";
import { AGENT_TOOLS_PATH } from "./security/exceptions.ts";
import { createHostGate } from "./security/host-gate.ts";
import { sessionLimits } from "./sessions/session-limits.ts";
import { settleSessions } from "./sessions/settle-sessions.ts";
import { readSharedContext } from "./shared-context/read-shared-context.ts";
import { createOpenStreams } from "./streams/open-streams.ts";
import { createTakenThings, once } from "./taken-things.ts";
import { createTranscription } from "./transcription/create-transcription.ts";
import { readVersion } from "./version.ts";
import { createAccess } from "./web/create-access.ts";
import { createWorkspaces } from "./workspaces/workspaces.ts";

/** A running API. */
export interface RunningApi {
  readonly url: string;
  /** Redacts every secret there is. */
  readonly log: Logger;
  /** Ends everything in good order, within 15 s. Safe to call twice. */
  stop(): Promise<void>;
}

export interface ContainerOptions {
  config: ApiConfig;
  /** All variables, `.env` included: what the CLI may have of them is taken from here. */
  environment: Environment;
  /** Where `.env` lies, read or not: no agent may. */
  dotEnvPath?: string;
  /** Tests hand in their own CLI. */
  driver?: CliDriver;
  log?: Logger;
  /** Where the built web UI lies; default: where its build puts it. */
  webDirectory?: string;
  /** Nothing can be written any more until the database is opened anew. */
  onStorageBroken?: () => void;
}

/** After the sessions; together at most the supervisor's 15 s (DESIGN §5). */
const CLOSE_CONNECTIONS_MS = 1_000;
/** Its `.env` lies there, and its programs run outside every sandbox. */
const PROGRAM_DIRECTORY = resolve(import.meta.dirname, "../../..");
const WEB_DIRECTORY = join(PROGRAM_DIRECTORY, "apps", "web", "dist");
/** Marks every process of an installation in its environment; core sets it. */
const INSTANCE_MARKER = "STEWARD_INSTANCE";

/**
 * The whole wiring, in the order of the start: data directory → instance lock → database → recovery → listening.
 * What was taken is given back in reverse, at the end as well as when a later step fails.
 *
 * @throws DataDirectoryError, InstanceLockedError, DatabaseError, and what listening reports (`EADDRINUSE` …)
 */
export async function startApi({ config, environment, ...options }: ContainerOptions): Promise<RunningApi> {
  const clock = createSystemClock();
  const ids = createIds();
  const version = readVersion();
  const startedAt = clock.now();
  let phase: Phase = "starting";

  const data = openDataDirectory(config.homeDirectory, { ids });
  const token = data.readOrCreateToken();
  const redact = createRedactor([token, ...config.secrets]);
  const log = options.log ?? createLogger({ name: "api", level: config.logLevel, redact });

  // Sessions may be taken up before anybody listens.
  const listening = laterUrl();
  const taken = createTakenThings();
  try {
    const lock = acquireInstanceLock(data.lockDb, { pid: process.pid, since: startedAt, version });
    taken.add(() => lock.release());
    failpoint("boot.locked");

    const databasePath = config.storage.databasePath ?? data.db;
    mkdirSync(dirname(databasePath), { recursive: true, mode: 0o700 });
    const database = openDatabase({
      path: databasePath,
      snapshotTo: data.backups,
      onBroken: (error) => {
        log.error({ err: error }, "the database's disk or file is broken: ending, so that it is opened anew");
        options.onStorageBroken?.();
      },
    });
    taken.add(() => database.close());
    failpoint("boot.database_open");

    const workspaces = config.storage.workspacesDirectory ?? data.workspaces;
    // Where CLI processes work that belong to no chat.
    const aside = join(data.root, "aside");
    for (const path of [workspaces, aside]) mkdirSync(path, { recursive: true, mode: 0o700 });

    const engine: EngineHost = createEngine({
      config,
      environment,
      dataDirectory: data.root,
      // Asked only after the core has been made.
      settings: {
        get: (name) => core.settings.get(name),
        set: (name, value) => core.settings.set(name, value),
      },
      clock,
      ids,
      log,
    });
    taken.add(() => engine.stop());

    const secrets = [
      ...["", "-wal", "-shm"].map((suffix) => databasePath + suffix),
      ...(options.dotEnvPath === undefined ? [] : [options.dotEnvPath]),
    ];
    const sandbox = createSandboxHost({
      config,
      environment,
      dataDirectory: data.root,
      workplaces: [workspaces, data.worktrees, aside],
      secrets,
      programDirectory: PROGRAM_DIRECTORY,
      clock,
      ids,
      log,
    });
    const proved = sandbox.decided();
    if (config.sandbox.setting === "require") {
      await proved;
      const { active, message } = sandbox.status();
      if (!active) throw new SandboxRequiredError(message);
    }

    const transcription = createTranscription(config.transcription, {
      directory: join(data.root, "transcribing"),
      environment,
    });
    const vectorExtension = config.search.vectorExtension ?? undefined;
    const core: Core = createCore({
      database,
      searchRunner: createWorkerSearchRunner({ database: databasePath, vectorExtension, clock, log }),
      startCheckpoints: () => startCheckpointThread(databasePath),
      vectorExtension,
      driver: options.driver ?? createStdioCliDriver({ clock, log, confinement: sandbox }),
      engine,
      workspaces: createWorkspaces(workspaces),
      warnsOfSharing: config.claude.credentials.ANTHROPIC_API_KEY === undefined,
      surroundings: {
        stewardDirectories: [data.root, workspaces, databasePath, PROGRAM_DIRECTORY],
        homeDirectory: environment.HOME ?? homedir(),
        worktreesDirectory: data.worktrees,
        archiveDirectory: data.archive,
        commandsDirectory: data.commands,
        commandEnvironment: commandEnvironment(environment),
        transcriptDirectories: [environment.HOME ?? homedir(), demoHome(data.root)].map((home) =>
          join(home, ".claude", "projects"),
        ),
        gitEnvironment: { PATH: environment.PATH ?? "", HOME: environment.HOME ?? homedir() },
        runGit: sandbox.runGit,
      },
      environmentPolicies: config.sessions.triage === null ? {} : { triage: config.sessions.triage },
      sideDirectory: () => aside,
      freeMemoryBytes: async () => freeMemoryBytes(),
      limits: sessionLimits(config.sessions),
      queueWaitTimeoutMs: config.gateway.queueWaitTimeoutMs,
      fileLimits: config.files,
      transcriber: transcription.transcriber,
      embedders: createEmbedders(config.embedding, { clock }),
      clock,
      ids,
      log,
      askLogin: () => engine.askLogin(),
      sharedContext: config.contextFile === null ? null : () => readSharedContext(config.contextFile ?? ""),
      agentToolsUrl: async () => {
        // Ready by the time that the process asks.
        void loadAgentTools();
        return `${await listening.url}${AGENT_TOOLS_PATH}`;
      },
      policyVeto: (name, value) =>
        name === "permissionMode" && value === "bypassPermissions" ? sandbox.refuseBypass() : null,
      sampleProcesses: (pids, options) => sampleTrees(pids, { clock, ...options }),
      reapProcesses: async (instanceId) => {
        const { ended, survivors } = await sweepMarked(
          { name: INSTANCE_MARKER, value: instanceId },
          { clock },
        );
        if (survivors.length > 0) log.warn({ survivors }, "processes of an earlier start would not end");
        return ended;
      },
    });
    const settle = once(() => settleSessions(core, { clock, log }));
    taken.add(settle);
    engine.start();

    const backups = createBackups({ database: databasePath, folder: data.backups, clock, log });
    const hosts = createHostGate(config.http.allowedHosts);
    const streams = createOpenStreams();
    const access = createAccess({ token, database, core, clock, ids, log });
    const app = createApp({
      hosts,
      ...access.identify,
      webDirectory: options.webDirectory ?? WEB_DIRECTORY,
      log,
      clock,
    });
    mountRoutes(app, {
      web: access.web,
      core,
      clock,
      log,
      streams,
      backups,
      version,
      checkAnswers: config.http.checkAnswers,
      hasApiKey: config.claude.credentials.ANTHROPIC_API_KEY !== undefined,
      readiness: createReadiness({
        probeDatabase: () => database.probe(),
        dataDirectory: data.root,
        // Held for life: without it this would not run.
        isLocked: () => true,
        phase: () => phase,
        cli: () => engine.status().cli,
        holds: () => core.holds(),
        vectorProblem: () => core.searchIndex.vectorProblem,
        clock,
        log,
      }),
      system: () => describeSystem({ version, startedAt, engine, sandbox, core, transcription }),
      liveSessions: () => core.load().live,
    });

    const report = await core.recover();
    const server = await startServer(app, config.http);
    listening.begin(server.url);
    taken.add(async () => {
      // Whoever waits for a turn is told its end first; only then do the endless streams end.
      await settle();
      const ended = streams.endAll();
      await server.close(CLOSE_CONNECTIONS_MS);
      await ended;
    });
    failpoint("boot.listening");
    hosts.listensOn(server.port);
    access.web.cookie.listensOn(server.port);
    taken.add(backups.start());
    taken.add(scheduleHousekeeping(core));
    taken.add(watchLoop({ clock, log }));
    const collect = thoroughCollection();
    if (collect) taken.add(giveBackIdleMemory({ isBusy: () => isBusy(core), collect, clock, log }));
    void sweepWorktrees(core, log);
    phase = "ready";
    log.info({ url: server.url, version, ...report }, "listening");

    return {
      url: server.url,
      log,
      stop: once(() => {
        phase = "stopping";
        log.info("stopping");
        return taken.giveBack();
      }),
    };
  } catch (error) {
    await taken.giveBack();
    throw error;
  }
}

/** The address, known only when somebody listens there. */
function laterUrl(): { url: Promise<string>; begin: (url: string) => void } {
  let begin: (url: string) => void = () => undefined;
  const url = new Promise<string>((resolve) => {
    begin = resolve;
  });
  return { url, begin };
}

async function sweepWorktrees(core: Core, log: Logger): Promise<void> {
  try {
    const { removed, kept } = await core.sweepWorktrees();
    if (removed.length > 0) log.info({ removed }, "worktrees of no conversation were taken away");
    if (kept.length > 0) log.warn({ kept }, "worktrees of no conversation hold work that is nowhere else");
  } catch (error) {
    log.warn({ err: error }, "worktrees of no conversation could not be looked for");
  }
}

function isBusy(core: Core): boolean {
  const { running, queued } = core.load();
  return running > 0 || queued > 0;
}
