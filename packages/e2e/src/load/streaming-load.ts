import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STUB_CLI_PATH } from "@steward/claude/stub-cli";
import type { Client } from "@steward/client/client";
import { getTurn, submitTurn, turnEvents } from "@steward/contract/turns";
import { type Rig, startRig } from "../rig.ts";
import { atIntakeRate } from "./at-intake-rate.ts";
import { measureDirectPipes } from "./direct-pipes.ts";
import { residentMb, watchResidentMb } from "./process-memory.ts";
import { everyPiece, StampReader, whileAllStream } from "./stamps.ts";

export interface StreamingLoad {
  /** Chats that stream at the same time, each with a CLI process and a reader of its own. */
  chats: number;
  /** Pieces of text per chat. */
  pieces: number;
  everyMs: number;
}

export interface LoadFigures {
  /** How long every piece was on its way from the CLI to the reader, through the service. */
  throughApiMs: number[];
  /** The same between the same CLIs and a reader without anything in between, in the same run. */
  directMs: number[];
  /** Of both, those that were sent while everybody was streaming: what beginning and ending turns costs is not in them. */
  steady: { throughApiMs: number[]; directMs: number[] };
  apiBeforeMb: number;
  apiPeakMb: number;
  /** CLI sessions that were alive at the same time. */
  processes: number;
}

/** Many chats that stream at the same time through the real API process, on the stub CLI. */
export async function measureStreamingLoad(load: StreamingLoad): Promise<LoadFigures> {
  const prompt = `STUB:${JSON.stringify({ stamps: load.pieces, deltaMs: load.everyMs, text: "done" })}`;
  const folder = mkdtempSync(join(tmpdir(), "steward-load-"));
  const rig = await startRig({
    cli: STUB_CLI_PATH,
    apiEnv: {
      GATEWAY_MAX_CLAUDE_PROCESSES: String(load.chats),
      STEWARD_LOG_LEVEL: "info",
    },
  });
  try {
    const apiBeforeMb = residentMb(rig.api.pid);
    const chats = Array.from({ length: load.chats }, (_, index) => `load-${index}`);
    // The processes start one after the other and take all the machine has: that is not what is measured.
    await Promise.all(chats.map((chat) => stream(rig.client(), chat, "warm up", null)));
    const processes = new Set(rig.cliProcesses().map(({ session }) => session)).size;
    const readers = chats.map(() => new StampReader());
    const memory = watchResidentMb(rig.api.pid);
    await atIntakeRate(chats, (chat, index) => stream(rig.client(), chat, prompt, readers[index] ?? null));
    const apiPeakMb = memory.stop();
    await endSessions(rig);
    const direct = await measureDirectPipes(load.chats, prompt, folder);
    for (const { stamps } of [...readers, ...direct]) {
      if (stamps.length !== load.pieces) throw new Error(`${stamps.length} of ${load.pieces} pieces arrived`);
    }
    return {
      throughApiMs: everyPiece(readers),
      directMs: everyPiece(direct),
      steady: { throughApiMs: whileAllStream(readers), directMs: whileAllStream(direct) },
      apiBeforeMb,
      apiPeakMb,
      processes,
    };
  } finally {
    await rig.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sends a prompt and reads its events to the end. */
async function stream(
  client: Client,
  chatId: string,
  text: string,
  reader: StampReader | null,
): Promise<void> {
  const { turnId } = await client.call(submitTurn, {
    headers: { "idempotency-key": randomUUID() },
    body: { botId: "load", chatId, threadId: "", text, source: "cli" },
  });
  for await (const { event } of client.streamEvents(turnEvents, { params: { turnId } })) {
    if (event.type === "text") reader?.read(event.text);
  }
  const { state, errorDetail } = await client.call(getTurn, { params: { turnId } });
  if (state !== "done") throw new Error(`${chatId}: ${state} ${errorDetail ?? ""}`);
}

/** So that only one crowd of processes is there at a time. */
async function endSessions(rig: Rig): Promise<void> {
  await rig.api.end("SIGTERM");
  await rig.startApi();
}
