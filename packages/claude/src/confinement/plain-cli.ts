import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ProcessSpawner, SpawnError } from "@steward/platform/process";
import type { CliConfinement } from "./cli-confinement.ts";
import { toolServerArgument, writeToolServer } from "./tool-server-file.ts";

const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] as const;
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"] as const;

/**
 * Starts CLIs without a sandbox.
 *
 * @param directory where the files lie that tell a process of its tools (0600, gone with it); what a killed service left
 * there opens nothing any more, and goes now
 */
export function createPlainCli(deps: { spawner: ProcessSpawner; directory: string }): CliConfinement {
  const { spawner, directory } = deps;
  rmSync(directory, { recursive: true, force: true });
  let files = 0;
  return {
    async spawn(options, launch) {
      const { toolServer } = launch;
      if (toolServer === undefined) return await spawner.spawn(options);
      files += 1;
      const path = join(directory, `${files}.json`);
      const forget = (): void => {
        try {
          rmSync(path, { force: true });
        } catch {
          // Its key opens nothing any more, and the next start takes it away.
        }
      };
      try {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        writeFileSync(path, writeToolServer(toolServer), { mode: 0o600 });
      } catch (cause) {
        forget();
        return { ok: false, error: new SpawnError("failed", options.command, cause) };
      }
      const args = [...(options.args ?? []), toolServerArgument(path)];
      const spawned = await spawner.spawn({ ...options, args, env: directOnLoopback(options.env) });
      if (spawned.ok) void spawned.process.exited.then(forget);
      else forget();
      return spawned;
    },
  };
}

/** The owner's proxy cannot know the way to our own loopback. */
function directOnLoopback(env: Readonly<Record<string, string>>): Record<string, string> {
  const isProxied = PROXY_VARIABLES.some((name) => env[name] || env[name.toLowerCase()]);
  if (!isProxied) return env;
  const without = [env.NO_PROXY ?? env.no_proxy ?? "", ...LOOPBACK].filter((host) => host !== "").join(",");
  return { ...env, NO_PROXY: without, no_proxy: without };
}
