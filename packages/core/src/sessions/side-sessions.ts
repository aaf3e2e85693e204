import type { CliDriver, CliHost, CliSession } from "@steward/claude/cli-driver";
import { DomainError } from "@steward/contract/errors";
import type { Ids } from "@steward/platform/ids";
import type { Engine } from "./engine.ts";

/** CLI processes of Steward's own, outside every chat: they have no tools, leave no transcript and take no chat's place. */
export interface SideSessions {
  /** Throws CliError, or DomainError low_memory, or stopped_by_panic while they are shut. */
  open(options: { model?: string; systemPrompt: string }, onEvent: CliHost["onEvent"]): Promise<CliSession>;
  /** Ends all of them at once, also one that is being started. Resolves to how many when none is left. */
  endAll(): Promise<number>;
}

export const createSideSessions = (deps: {
  driver: CliDriver;
  engine: Engine;
  /** Where they work: an empty directory that nothing is written to. Made when it is missing. */
  directory: () => string;
  freeMemoryBytes: () => Promise<number>;
  minFreeBytes: number;
  /** A person's brake: nothing may run. */
  isShut: () => boolean;
  ids: Ids;
  instanceId: string;
}): SideSessions => {
  const opening = new Set<Promise<unknown>>();
  const live = new Set<CliSession>();

  const assertOpen = (): void => {
    if (deps.isShut()) throw new DomainError("stopped_by_panic", "nothing runs until panic is released");
  };

  const start = async (
    { model, systemPrompt }: { model?: string; systemPrompt: string },
    onEvent: CliHost["onEvent"],
  ): Promise<CliSession> => {
    assertOpen();
    if ((await deps.freeMemoryBytes()) < deps.minFreeBytes) {
      throw new DomainError("low_memory", "too little memory for a process beside the chats");
    }
    const plan = await deps.engine.launch();
    const cliSessionId = deps.ids.uuid4();
    const cli = await deps.driver.open(
      {
        ...plan,
        ...(model === undefined ? {} : { model }),
        aside: { systemPrompt },
        cwd: deps.directory(),
        cliSessionId,
        resume: false,
        env: { ...plan.env, STEWARD_INSTANCE: deps.instanceId },
        marker: { name: "STEWARD_SESSION", value: cliSessionId },
      },
      {
        beforeTool: () => Promise.reject(new Error("this process has no tools")),
        decideTool: async () => ({ behavior: "deny", message: "this process has no tools" }),
        onEvent,
      },
    );
    live.add(cli);
    void cli.exited.then(() => live.delete(cli));
    // It was shut while this one started.
    if (deps.isShut()) await cli.end("now");
    assertOpen();
    return cli;
  };

  return {
    open: async (options, onEvent) => {
      const started = start(options, onEvent);
      opening.add(started);
      try {
        return await started;
      } finally {
        opening.delete(started);
      }
    },
    endAll: async () => {
      const ended = [...live];
      await Promise.all(ended.map((cli) => cli.end("now")));
      await Promise.allSettled(opening);
      return ended.length;
    },
  };
};
