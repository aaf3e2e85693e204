import type { CliDriver, CliHost, CliSession } from "@steward/claude/cli-driver";
import { DomainError } from "@steward/contract/errors";
import type { Ids } from "@steward/platform/ids";
import type { Engine } from "./engine.ts";

/** CLI processes of Steward's own, outside every chat: they have no tools, leave no transcript and take no chat's place. */
export interface SideSessions {
  /** Throws CliError, or DomainError low_memory. */
  open(options: { model?: string; systemPrompt: string }, onEvent: CliHost["onEvent"]): Promise<CliSession>;
}

export const createSideSessions = (deps: {
  driver: CliDriver;
  engine: Engine;
  /** Where they work: an empty directory that nothing is written to. Made when it is missing. */
  directory: () => string;
  freeMemoryBytes: () => Promise<number>;
  minFreeBytes: number;
  ids: Ids;
  instanceId: string;
}): SideSessions => ({
  open: async ({ model, systemPrompt }, onEvent) => {
    if ((await deps.freeMemoryBytes()) < deps.minFreeBytes) {
      throw new DomainError("low_memory", "too little memory for a process beside the chats");
    }
    const plan = await deps.engine.launch();
    const cliSessionId = deps.ids.uuid4();
    return await deps.driver.open(
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
  },
});
