import { ApiError } from "../api-error.ts";
import type { Reply } from "../dispatch.ts";
import { faultReply, takesEffect } from "../faults/fault-reply.ts";
import type { Faults } from "../faults/faults.ts";
import type { Changes } from "../ledger/changes.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { World } from "../world/world.ts";

export interface DownloadDeps {
  world: World;
  ledger: Ledger;
  faults: Faults;
  changes: Changes;
}

/** A file on its way; `bytesPerSecond` when it trickles, `isCut` when only its first half comes. */
export interface FileReply {
  kind: "file";
  data: Buffer;
  bytesPerSecond?: number;
  isCut?: boolean;
}

/** `GET /file/bot<token>/<file_path>`. Written down, and open to faults, as method `download`. */
export async function download(
  { world, ledger, faults, changes }: DownloadDeps,
  token: string,
  path: string,
): Promise<Reply | FileReply> {
  const bot = world.botByToken(token);
  const call = ledger.open({
    bot,
    method: "download",
    params: { file_path: path },
    files: [],
    atMs: world.clock.now(),
    earlyByMs: undefined,
  });
  const fault = faults.match(call);
  call.fault = fault?.kind;
  if (fault?.kind === "slow") await world.clock.sleep(fault.delayMs ?? 1000);
  const file = world.files.byPath(path);
  const found = bot !== undefined && file !== undefined;
  if (takesEffect(fault)) {
    call.executed = found;
    call.outcome = found
      ? { ok: true, result: file.sizeBytes }
      : { ok: false, code: 404, description: "Not Found" };
  }
  call.endedAtMs = world.clock.now();
  changes.notify();
  const reply = fault === undefined ? undefined : faultReply(fault);
  if (reply !== undefined) return reply;
  if (!found) return { kind: "error", error: new ApiError(404, "Not Found") };
  const data = file.data ?? Buffer.alloc(file.sizeBytes);
  if (fault?.kind === "cut") return { kind: "file", data, isCut: true };
  return fault?.kind === "throttled"
    ? { kind: "file", data, bytesPerSecond: fault.bytesPerSecond ?? 1024 }
    : { kind: "file", data };
}
