import type { CliDriver } from "@steward/claude/cli-driver";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { FileLimits } from "./files/file-limits.ts";
import type { AskLogin } from "./holds/login-watch.ts";
import type { EnvironmentPolicies, PolicyVeto } from "./policies/policy-service.ts";
import type { ProtectedPlaces } from "./projects/project-path.ts";
import type { GitRunner } from "./projects/safe-git.ts";
import type { CheckpointThread } from "./search/checkpoints-aside.ts";
import type { EmbedderSource } from "./search/embedder-source.ts";
import type { SearchConnection } from "./search/in-process-runner.ts";
import type { SearchRunner } from "./search/search-request.ts";
import type { Engine, Workspaces } from "./sessions/engine.ts";
import type { SessionLimits } from "./sessions/session-limits.ts";
import type { SampleProcesses } from "./sessions/session-list.ts";
import type { Transcriber } from "./transcription/transcriber.ts";

/** What the world outside provides to the domain. */
export interface CoreDeps {
  database: OpenDatabase;
  driver: CliDriver;
  engine: Engine;
  workspaces: Workspaces;
  /** Where the owner's own things are, and how git is called there. */
  surroundings: Surroundings;
  /** Where CLI processes work that belong to no chat. */
  sideDirectory: () => string;
  freeMemoryBytes: () => Promise<number>;
  limits: SessionLimits;
  queueWaitTimeoutMs: number;
  clock: Clock;
  ids: Ids;
  log: Logger;
  /** Where the built-in limits of files do not fit. */
  fileLimits?: Partial<FileLimits>;
  /** Who listens to voice messages; default: nobody. */
  transcriber?: Transcriber | null;
  /** What embeds texts for searching by meaning; default: nothing does. */
  embedders?: EmbedderSource;
  /** Bytes free on the file system of a path; default: the system's own answer. */
  freeDiskBytes?: (path: string) => Promise<number>;
  /** What may not be set on this machine; default: `bypassPermissions` may not. */
  policyVeto?: PolicyVeto;
  /** What the environment has set: it holds in place of what a person sets for everything. */
  environmentPolicies?: EnvironmentPolicies;
  /** What the owner wants put before every chat's turns; default: nothing. */
  sharedContext?: (() => Promise<string | null>) | null;
  /** Where agents reach their own tools, once somebody listens there; default: they have none. */
  agentToolsUrl?: () => Promise<string>;
  /** Whether the CLI has a login; default: it cannot be asked. */
  askLogin?: AskLogin;
  /** What CLI processes take; default: nothing is known of it. */
  sampleProcesses?: SampleProcesses;
  /** One subscription, and no API key: a second person on one bot is worth a warning; default: no. */
  warnsOfSharing?: boolean;
  /** IANA name of the zone that times are told in; default: the machine's. */
  timeZone?: string;
  /** Where searches are done: by somebody else, or (a database in memory) on its own connection. */
  searchRunner: SearchRunner | ((on: SearchConnection) => SearchRunner);
  /** A thread that writes the database's log back; without one the commits do it. */
  startCheckpoints?: () => CheckpointThread;
  /** Another build of the vector extension than the one that comes with Steward. */
  vectorExtension?: string;
  /** Ends what an earlier boot left running; called by `recover` before any turn is taken up. Answers how many. */
  reapProcesses: (instanceId: string) => Promise<number>;
}

/** What of the machine the domain has to know. */
export interface Surroundings extends ProtectedPlaces {
  /** The folder that worktrees of projects are made in. */
  worktreesDirectory: string;
  /** Where silent chats are packed away. */
  archiveDirectory: string;
  /** Where people's own commands lie as files. */
  commandsDirectory: string;
  /** `projects/` of every HOME that CLIs are started with: there lie their transcripts. */
  transcriptDirectories: readonly string[];
  /** All that git gets: PATH and HOME. */
  gitEnvironment: Readonly<Record<string, string>>;
  /** All that a program gets that a person runs by an own command: PATH, HOME, language. */
  commandEnvironment: Readonly<Record<string, string>>;
  /** How git is started; by default plainly. */
  runGit?: GitRunner;
}
