import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { STUB_CLI_PATH } from "@steward/claude/stub-cli";
import { approvePairing, requestPairing } from "@steward/contract/access";
import { system } from "@steward/contract/health";
import { startPanic } from "@steward/contract/holds";
import { postInbox } from "@steward/contract/inbox";
import { type Rig, startRig } from "../rig.ts";
import { atIntakeRate } from "./at-intake-rate.ts";

export interface IntakeFigures {
  /** The floor: one row committed durably on the same disk at the same rate, by nobody but SQLite. */
  commitAloneMs: number[];
  /** From the post of an update to its 200, while the turns before it are being answered by warm sessions. */
  whileWorkingMs: number[];
  /** The same while nothing runs, up to a thousand turns that wait. */
  whileHeldMs: number[];
  /** From the start of the program to its readiness, with the thousand turns open that a kill left. */
  bootMs: number[];
  openTurns: number;
}

const BOT = "900001";
/** As many people, one chat each: a chat's queue takes fifty. */
const PEOPLE = 20;
const HELD_UPDATES = 1_000;

/**
 * What the intake is held to: updates come one by one at its rate (DESIGN §12), each committed durably before its 200;
 * then the service is killed and started again `boots` times with all of them open, some as if they had been running.
 */
export async function measureIntake(load: { updates: number; boots: number }): Promise<IntakeFigures> {
  const rig = await startRig({
    cli: STUB_CLI_PATH,
    apiEnv: { GATEWAY_MAX_CLAUDE_PROCESSES: String(PEOPLE), STEWARD_LOG_LEVEL: "info" },
  });
  try {
    for (let person = 0; person < PEOPLE; person++) await letIn(rig, String(5_000 + person));
    const commitAloneMs = await commitMany(join(rig.home, "floor.db"), load.updates);
    // One to each: the processes that start for it take all the machine has, which is not what is measured.
    await postMany(rig, 1, PEOPLE);
    await answered(rig);
    const whileWorkingMs = await postMany(rig, 1 + PEOPLE, load.updates);
    await answered(rig);
    await rig.client().call(startPanic);
    const whileHeldMs = await postMany(rig, 1 + PEOPLE + load.updates, HELD_UPDATES);
    await rig.api.end("SIGKILL");
    return { commitAloneMs, whileWorkingMs, whileHeldMs, ...(await measureBoots(rig, load.boots)) };
  } finally {
    await rig.close();
  }
}

async function letIn(rig: Rig, userId: string): Promise<void> {
  const client = rig.client();
  const body = { botId: BOT, userId, chatId: userId, username: null, name: null };
  const { code } = await client.call(requestPairing, { body });
  await client.call(approvePairing, { body: { code } });
}

/** One update per call, each as soon as it is due, whether or not those before it have been answered. */
async function postMany(rig: Rig, firstUpdateId: number, count: number): Promise<number[]> {
  const client = rig.client();
  const latencies: number[] = [];
  const updateIds = Array.from({ length: count }, (_, index) => firstUpdateId + index);
  await atIntakeRate(updateIds, async (updateId) => {
    const person = String(5_000 + (updateId % PEOPLE));
    const startedMs = performance.now();
    const { results } = await client.call(postInbox, {
      body: {
        botId: BOT,
        updates: [
          {
            updateId,
            kind: "prompt",
            chat: { id: person, type: "private", threadId: "" },
            sender: { id: person, username: null, name: null, language: "en" },
            messageId: updateId,
            text: `update ${updateId}`,
            command: null,
            replyTo: null,
            reason: null,
            raw: { update_id: updateId },
          },
        ],
      },
    });
    latencies.push(performance.now() - startedMs);
    if (results[0]?.turnId == null) throw new Error(`update ${updateId} made no turn: ${results[0]?.state}`);
  });
  return latencies;
}

async function commitMany(path: string, count: number): Promise<number[]> {
  const db = new DatabaseSync(path);
  try {
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (body TEXT)");
    const insert = db.prepare("INSERT INTO rows VALUES (?)");
    const latencies: number[] = [];
    await atIntakeRate(Array.from({ length: count }), async () => {
      const startedMs = performance.now();
      insert.run("x".repeat(500));
      latencies.push(performance.now() - startedMs);
    });
    return latencies;
  } finally {
    db.close();
  }
}

async function answered(rig: Rig): Promise<void> {
  for (;;) {
    const { sessions } = await rig.client().call(system);
    if (sessions.queued === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Every start meets the same database: the copy from right after the kill. */
async function measureBoots(rig: Rig, boots: number): Promise<Pick<IntakeFigures, "bootMs" | "openTurns">> {
  const path = join(rig.home, "steward.db");
  const openTurns = leaveOpen(path);
  const kept = join(rig.home, "open-turns.db");
  copyFileSync(path, kept);
  const bootMs: number[] = [];
  for (let boot = 0; boot < boots; boot++) {
    for (const left of ["-wal", "-shm"]) rmSync(`${path}${left}`, { force: true });
    copyFileSync(kept, path);
    const startedMs = performance.now();
    await rig.startApi();
    bootMs.push(performance.now() - startedMs);
    await rig.api.end("SIGKILL");
  }
  await rig.startApi();
  return { bootMs, openTurns };
}

/** Nothing holds them any more, and every fourth was running: half of these had started a tool. */
function leaveOpen(path: string): number {
  const db = new DatabaseSync(path);
  try {
    db.exec("DELETE FROM holds");
    db.exec(`UPDATE turns SET state = 'running', attempt = 1, boot_id = 'earlier', fence = 1, started_at = received_at,
      started_tools = (seq % 8 = 0) WHERE state = 'queued' AND seq % 4 = 0`);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const row = db.prepare("SELECT count(*) AS n FROM turns WHERE finished_at IS NULL").get();
    return Number(row?.n);
  } finally {
    db.close();
  }
}
