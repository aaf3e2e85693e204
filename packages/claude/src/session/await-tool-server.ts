import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { CliError } from "../cli-driver.ts";
import type { ControlChannel } from "./control-channel.ts";
import { readToolServerStatus } from "./handshake.ts";

/** It is on this machine: what has not answered by then is not waited for. */
const PATIENCE_MS = 2_000;
const POLL_MS = 15;

/**
 * Waits until the CLI has connected to its tool server. It does so beside its first turn, which would have to go without the
 * tools. When it cannot, or two seconds were not enough, the session starts without them, and the log says why.
 */
export async function awaitToolServer(
  name: string,
  deps: {
    control: Pick<ControlChannel, "request">;
    clock: Pick<Clock, "monotonicMs" | "sleep">;
    log: Logger;
    signal: AbortSignal | undefined;
  },
): Promise<void> {
  const { control, clock, log, signal } = deps;
  const untilMs = clock.monotonicMs() + PATIENCE_MS;
  try {
    while (!signal?.aborted) {
      const leftMs = untilMs - clock.monotonicMs();
      if (leftMs <= 0) throw new Error(`not connected in ${PATIENCE_MS} ms`);
      const response = await control.request({ subtype: "mcp_status" }, leftMs);
      const status = readToolServerStatus(response, name);
      if (status === "connected") return;
      if (status !== "pending") throw new Error(`the tool server is ${status}`);
      await clock.sleep(POLL_MS, signal);
    }
  } catch (error) {
    // A process that is gone has more to say about it than its tools.
    const isGone = error instanceof CliError && error.code === "cli_exited";
    if (!signal?.aborted && !isGone) log.warn({ err: error, name }, "the session starts without its tools");
  }
}
