import type { SystemInfo } from "@steward/contract/health";
import type { Core } from "@steward/core/core";
import type { EngineHost } from "../engine/engine-host.ts";
import type { SandboxHost } from "../sandbox/sandbox-host.ts";
import type { Transcription } from "../transcription/create-transcription.ts";

/** What runs here. Right after the start it is not known yet who answers turns; whoever asks then waits for it. */
export async function describeSystem(deps: {
  version: string;
  startedAt: number;
  engine: EngineHost;
  sandbox: SandboxHost;
  core: Core;
  transcription: Pick<Transcription, "status">;
}): Promise<SystemInfo> {
  await Promise.all([deps.engine.decided(), deps.sandbox.decided()]);
  const { live, max, queued } = deps.core.load();
  return {
    version: deps.version,
    startedAt: deps.startedAt,
    ...deps.engine.status(),
    sandbox: deps.sandbox.status(),
    transcription: deps.transcription.status(),
    embedding: deps.core.embedding.status(),
    sessions: { live, max, queued },
    passedOver: deps.core.passedOver(),
    deadDeliveries: deps.core.deadLetters.count(),
    commandProblems: [...deps.core.commandProblems()],
    search: {
      vectorProblem: deps.core.searchIndex.vectorProblem,
      waiting: deps.core.searchIndex.waiting(),
    },
    holds: deps.core.holds().map(({ kind, until, since, by }) => ({ kind, until, since, by })),
  };
}
