import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { ApiError } from "@steward/client/api-error";
import type { Client } from "@steward/client/client";
import { ENDPOINTS } from "@steward/contract/endpoints";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createInstallation, type Installation, openInstallation } from "./program.ts";

const PATIENCE_MS = 90_000;
const CLI = fileURLToPath(new URL("../../cli/src/main.mjs", import.meta.url));

const submit = (client: Client, text: string, key = text.replaceAll(/\W/g, "-")) =>
  client.call(ENDPOINTS.submitTurn, {
    headers: { "idempotency-key": key },
    body: { botId: "web", chatId: "1", text },
  });
const ended = async (client: Client, turnId: string): Promise<string> => {
  let text = "";
  const stream = client.streamEvents(ENDPOINTS.turnEvents, { params: { turnId } });
  for await (const { event } of stream) if (event.type === "final") text = `${event.state}: ${event.text}`;
  return text;
};
/** What the service refused with. */
const refusal = async (call: Promise<unknown>): Promise<{ status: number; code: string }> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApiError)) throw new Error("it was not refused", { cause: error });
  return { status: error.status, code: error.code };
};
const databaseOf = ({ home }: Installation): string => join(home, "steward.db");
const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;

const canMount = mountTmpfs(1)?.unmount() ?? false;
if (!canMount) console.warn("no tmpfs can be mounted here: full and read-only disks are not tried");

describe("row 27: a medium that fails", () => {
  const canTrace = has("strace", "-V") && process.getuid?.() === 0;
  if (!canTrace)
    console.warn("no strace, or not root: EIO on fsync is not injected into a running service here");

  test.runIf(canTrace)(
    "after a failed fsync nothing is acknowledged; the service ends, and a new one opens and checks the database anew",
    async () => {
      const installation = await createInstallation();
      const first = await installation.startReady();
      const pid = first.child.pid ?? 0;
      const inject = "inject=fsync,fdatasync:error=EIO";
      const strace = spawn("strace", ["-f", "-p", String(pid), "-e", "trace=fsync,fdatasync", "-e", inject]);
      onTestFinished(() => void strace.kill("SIGKILL"));
      await new Promise<void>((resolve) => {
        strace.stderr.setEncoding("utf8").on("data", (text: string) => {
          if (text.includes("attached")) resolve();
        });
      });
      expect(await refusal(submit(first.client, "hello"))).toEqual({ status: 507, code: "storage_full" });
      expect(await first.exited).toEqual({ code: 74, signal: null });
      expect(first.output()).toContain("opened anew");

      const second = await installation.startReady();
      const { turnId } = await submit(second.client, "hello");
      expect(await ended(second.client, turnId)).toMatch(/^done: /);
    },
    PATIENCE_MS,
  );

  test.runIf(canMount)(
    "a database that cannot be written is told in a sentence at the start, and ends with 1",
    async () => {
      const mount = mountTmpfs(8);
      if (!mount) throw new Error("it could be mounted a moment ago");
      onTestFinished(() => void mount.unmount());
      const installation = await createInstallation();
      spawnSync("mount", ["-o", "remount,ro", mount.path]);
      const refused = installation.start({ DATABASE_PATH: join(mount.path, "steward.db") });
      expect((await refused.exited).code).toBe(1);
      expect(refused.output()).toContain("Steward cannot start: the database cannot be written");
      expect(refused.output()).not.toMatch(/^\s+at /m);
    },
    PATIENCE_MS,
  );
});

test.runIf(canMount)(
  "row 26: on a full disk prompts are refused and the service says it is not ready; it recovers by itself when there is room",
  async () => {
    const mount = mountTmpfs(8);
    if (!mount) throw new Error("it could be mounted a moment ago");
    onTestFinished(() => void mount.unmount());
    const installation = await createInstallation();
    const { client, child } = await installation.startReady({
      DATABASE_PATH: join(mount.path, "steward.db"),
    });
    const ballast = join(mount.path, "ballast");
    const file = openSync(ballast, "w");
    const block = Buffer.alloc(4_096, 1);
    expect(() => {
      for (;;) writeSync(file, block);
    }).toThrow("ENOSPC");
    closeSync(file);
    const long = "x".repeat(20_000);
    expect(await refusal(submit(client, long, "long"))).toEqual({ status: 507, code: "storage_full" });
    await expect
      .poll(
        () =>
          refusal(client.call(ENDPOINTS.readyz)).then(
            ({ status }) => status,
            () => 200,
          ),
        { timeout: 10_000 },
      )
      .toBe(503);

    rmSync(ballast);
    const { turnId } = await submit(client, long, "long");
    expect(await ended(client, turnId)).toMatch(/^done: /);
    await expect
      .poll(
        () =>
          client.call(ENDPOINTS.readyz).then(
            ({ status }) => status,
            () => "not ready",
          ),
        { timeout: 10_000 },
      )
      .toBe("ready");
    expect(child.exitCode).toBeNull();
  },
  PATIENCE_MS,
);

/** A file system of its own, null where that is not allowed. */
function mountTmpfs(megabytes: number): { path: string; unmount(): boolean } | null {
  const path = mkdtempSync(join(tmpdir(), "steward-tmpfs-"));
  if (!has("mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "steward-test", path)) {
    rmSync(path, { recursive: true });
    return null;
  }
  return {
    path,
    unmount: () => {
      const done = has("umount", "-l", path);
      rmSync(path, { recursive: true, force: true });
      return done;
    },
  };
}

test(
  "row 28: while another process holds the database, a prompt is refused soon and taken afterwards; a running answer is not lost",
  async () => {
    const installation = await createInstallation();
    const { client } = await installation.startReady();
    const { turnId } = await submit(client, "demo slow");
    for await (const { event } of client.streamEvents(ENDPOINTS.turnEvents, { params: { turnId } }))
      if (event.type === "text") break;

    const other = new DatabaseSync(databaseOf(installation));
    other.exec("BEGIN IMMEDIATE");
    const startedMs = performance.now();
    const response = await fetch(`${installation.url}/api/v1/turns`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${readFileSync(join(installation.home, "token"), "utf8").trim()}`,
        "content-type": "application/json",
        "idempotency-key": "second",
      },
      body: JSON.stringify({ botId: "web", chatId: "2", text: "hello" }),
    });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "database_busy" });
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    // A bounded wait, not the other's whole time; generous for a busy machine.
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    // The database is probed every few seconds, not at each question.
    await expect
      .poll(
        () =>
          refusal(client.call(ENDPOINTS.readyz)).then(
            ({ status }) => status,
            () => 200,
          ),
        { timeout: 10_000 },
      )
      .toBe(503);

    await client.call(ENDPOINTS.healthz);
    other.exec("ROLLBACK");
    other.close();
    expect(await ended(client, turnId)).toMatch(/^done: /);
    const second = await submit(client, "hello", "second");
    expect(await ended(client, second.turnId)).toMatch(/^done: /);
  },
  PATIENCE_MS,
);

describe("row 29: a damaged database", () => {
  // One that was ended in good order, with a backup, for each test to damage a copy of.
  let sound: Awaited<ReturnType<typeof openInstallation>>;
  let backup = "";
  let turnId = "";
  beforeAll(async () => {
    sound = await openInstallation();
    const { child, client, exited } = await sound.startReady();
    ({ turnId } = await submit(client, "remember me"));
    await ended(client, turnId);
    ({ name: backup } = await client.call(ENDPOINTS.takeBackup));
    child.kill("SIGTERM");
    await exited;
  }, PATIENCE_MS);
  afterAll(() => sound.close());
  const prepare = () => createInstallation({ copyOf: sound });
  const steward = (installation: Installation, args: string[]) =>
    spawnSync(process.execPath, [CLI, ...args], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: installation.home, STEWARD_HOME: installation.home, LANG: "C" },
    });

  test.each([
    ["pages", (bytes: Buffer) => bytes.fill(0xaa, 4_096, 40_960)],
    ["header", (bytes: Buffer) => bytes.fill(0, 0, 100)],
    ["emptied file", () => Buffer.alloc(0)],
    [
      "a page that nothing at the start reads",
      (bytes: Buffer, page: number) => bytes.fill(0xaa, (page - 1) * 4_096, page * 4_096),
    ],
  ])(
    "%s: the start ends with 4, changes nothing and names the exact command, which mends it",
    async (_what, damage) => {
      const installation = await prepare();
      const database = new DatabaseSync(databaseOf(installation), { readOnly: true });
      const root = "SELECT rootpage AS page FROM sqlite_master WHERE name = 'answered_requests'";
      const { page } = database.prepare(root).get() as { page: number };
      database.close();
      const damaged = damage(readFileSync(databaseOf(installation)), page);
      writeFileSync(databaseOf(installation), damaged);
      const refused = installation.start();
      expect((await refused.exited).code).toBe(4);
      expect(refused.output()).toContain(`npm run -s steward -- restore ${backup}`);
      expect(readFileSync(databaseOf(installation)).equals(damaged)).toBe(true);

      expect(steward(installation, ["restore", backup])).toMatchObject({ status: 0 });
      const { client } = await installation.startReady();
      expect(await client.call(ENDPOINTS.getTurn, { params: { turnId } })).toMatchObject({ state: "done" });
      const kept = readdirSync(installation.home).filter((name) => name.startsWith("steward.db.replaced-"));
      expect(kept.length).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );

  test(
    "a journal that does not belong to it is not played into it",
    async () => {
      const installation = await prepare();
      writeFileSync(`${databaseOf(installation)}-wal`, Buffer.alloc(200_000, 0x37));
      const { client } = await installation.startReady();
      expect(await client.call(ENDPOINTS.getTurn, { params: { turnId } })).toMatchObject({ state: "done" });
    },
    PATIENCE_MS,
  );

  test(
    "a restore is refused while the service runs",
    async () => {
      const installation = await prepare();
      const { child } = await installation.startReady();
      const refused = steward(installation, ["restore", backup]);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toContain(`process ${child.pid}`);
    },
    PATIENCE_MS,
  );
});
