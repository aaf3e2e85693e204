import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startScriptedModel } from "@steward/testkit/scripted-model";

/**
 * The scripted model in a process of its own: a model's answer does not wait for what its client is doing, so it must not
 * share the event loop of the program that measures.
 */
export interface ModelProcess {
  /** The variables that point a CLI at it. */
  env: Record<string, string>;
  close(): Promise<void>;
}

export const startModelProcess = async (): Promise<ModelProcess> => {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [env] = (await once(child, "message")) as [Record<string, string>];
  return {
    env,
    close: async () => {
      const gone = once(child, "exit");
      child.disconnect();
      await gone;
    },
  };
};

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send) {
  const model = await startScriptedModel();
  process.send(model.env);
  process.once("disconnect", () => void model.close());
}
