import { existsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Client } from "@steward/client/client";
import { ENDPOINTS } from "@steward/contract/endpoints";
import type { TurnEvent } from "@steward/contract/turn-events";
import { findMarkedProcesses } from "@steward/platform/process";
import { describe, expect, onTestFinished, test } from "vitest";
import { createInstallation } from "./program.ts";

const PATIENCE_MS = 90_000;

const ask = async (client: Client, text: string, chatId = "1"): Promise<string> => {
  const { turnId } = await client.call(ENDPOINTS.submitTurn, {
    headers: { "idempotency-key": `${chatId}-${text.replaceAll(/\W/g, "-")}` },
    body: { botId: "web", chatId, text },
  });
  return turnId;
};
/** Resolves when the turn has been started this often, by however many starts of the program. */
const started = async (client: Client, turnId: string, times: number): Promise<void> => {
  let count = 0;
  const stream = client.streamEvents(ENDPOINTS.turnEvents, { params: { turnId } });
  for await (const { event } of stream) if (event.type === "started" && ++count === times) return;
};
/** Resolves when the turn has begun to answer. */
const firstWord = async (client: Client, turnId: string): Promise<void> => {
  const stream = client.streamEvents(ENDPOINTS.turnEvents, { params: { turnId } });
  for await (const { event } of stream) if (event.type === "text") return;
};
const follow = async (client: Client, turnId: string): Promise<TurnEvent[]> => {
  const events: TurnEvent[] = [];
  const stream = client.streamEvents(ENDPOINTS.turnEvents, { params: { turnId } });
  for await (const { event } of stream) events.push(event);
  return events;
};
/** Processes of the CLI that were started for this data directory; their HOME lies in it. */
const clisOf = (home: string) =>
  findMarkedProcesses({ name: "STEWARD_INSTANCE" }).filter(({ pid }) =>
    findMarkedProcesses({ name: "HOME", value: join(home, "demo-home") }).some((own) => own.pid === pid),
  );

describe("the program", () => {
  test(
    "starts on nothing, answers a prompt with the real CLI and the demo model, and leaves nothing behind",
    async () => {
      const installation = await createInstallation();
      const { child, client, exited, output } = await installation.startReady();
      expect(statSync(installation.home).mode & 0o777).toBe(0o700);
      expect(statSync(join(installation.home, "token")).mode & 0o777).toBe(0o600);

      const system = await client.call(ENDPOINTS.system);
      expect(system).toMatchObject({ mode: "demo", cli: { found: true, login: null, problem: null } });
      const events = await follow(client, await ask(client, "hello"));
      expect(events.at(-1)).toMatchObject({ type: "final", state: "done", errorCode: null });
      expect(events.at(-1)).toHaveProperty("text", expect.stringContaining("[demo]"));
      const warm = await follow(client, await ask(client, "and again"));
      expect(warm).toContainEqual(expect.objectContaining({ type: "started", start: "warm" }));
      expect(clisOf(installation.home)).not.toEqual([]);

      child.kill("SIGTERM");
      // Ctrl-C reaches it directly and from its supervisor.
      child.kill("SIGINT");
      expect(await exited).toEqual({ code: 0, signal: null });
      expect(clisOf(installation.home)).toEqual([]);
      const wal = join(installation.home, "steward.db-wal");
      expect(existsSync(wal) ? statSync(wal).size : 0).toBe(0);
      expect(output()).not.toContain("hello");
    },
    PATIENCE_MS,
  );

  test(
    "row 7: is there once per data directory: a second one names the first and ends with 3; after a kill -9 it starts",
    async () => {
      const installation = await createInstallation();
      const startedMs = performance.now();
      const first = await installation.startReady();
      const firstStartMs = performance.now() - startedMs;
      const second = installation.start({ STEWARD_PORT: "0" });
      expect((await second.exited).code).toBe(3);
      expect(second.output()).toContain(`process ${first.child.pid}`);
      expect(second.output()).toMatch(/since \d{4}-\d\d-\d\dT.*version \d/);

      first.child.kill("SIGKILL");
      await first.exited;
      const killedMs = performance.now();
      const third = await installation.startReady();
      // Nothing that the first one held is waited for.
      expect(performance.now() - killedMs).toBeLessThan(firstStartMs + 2_000);
      third.child.kill("SIGTERM");
      expect((await third.exited).code).toBe(0);
    },
    PATIENCE_MS,
  );

  test(
    "killed in the middle of an answer, takes the turn up again and ends what it had started",
    async () => {
      const installation = await createInstallation();
      const first = await installation.startReady();
      const turnId = await ask(first.client, "hello there");
      await firstWord(first.client, turnId);
      const before = clisOf(installation.home).map(({ pid }) => pid);
      expect(before).not.toEqual([]);
      first.child.kill("SIGKILL");
      await first.exited;

      const second = await installation.startReady();
      const events = await follow(second.client, turnId);
      expect(events.at(-1)).toMatchObject({ type: "final", state: "done" });
      const after = clisOf(installation.home).map(({ pid }) => pid);
      expect(after.filter((pid) => before.includes(pid))).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    "row 5: told to end while three chats are being answered, lets the one finish that can, ends the others' processes in time and loses no turn",
    async () => {
      const installation = await createInstallation();
      const first = await installation.startReady();
      const chats = ["1", "2"];
      const turnIds = await Promise.all(chats.map((chatId) => ask(first.client, "demo slow", chatId)));
      await Promise.all(turnIds.map((turnId) => firstWord(first.client, turnId)));
      const short = await ask(first.client, "hello", "3");
      await firstWord(first.client, short);
      const startedMs = performance.now();
      first.child.kill("SIGTERM");
      expect(await first.exited).toEqual({ code: 0, signal: null });
      expect(performance.now() - startedMs).toBeLessThan(15_000);
      expect(clisOf(installation.home)).toEqual([]);

      const { client } = await installation.startReady();
      const finished = await client.call(ENDPOINTS.getTurn, { params: { turnId: short } });
      expect(finished).toMatchObject({ state: "done", attempt: 1, errorCode: null });
      expect(finished.text).toContain("[demo]");
      // No tool had run: the next start takes the others up again, each once.
      await Promise.all(turnIds.map((turnId) => started(client, turnId, 2)));
      for (const chatId of chats) {
        await client.call(ENDPOINTS.stopChat, { body: { botId: "web", chatId } });
      }
      const turns = await Promise.all(
        turnIds.map((turnId) => client.call(ENDPOINTS.getTurn, { params: { turnId } })),
      );
      expect(turns).toMatchObject(
        chats.map((chatId) => ({ chatId, state: "cancelled", startedTools: false })),
      );
    },
    PATIENCE_MS,
  );

  test(
    "never falls back to the demo once a Telegram token was there: a missing login is told",
    async () => {
      const installation = await createInstallation();
      const first = await installation.startReady({
        TELEGRAM_BOT_TOKEN: "123456789:not-a-real-one-but-long-enough-for-it",
      });
      await first.client.call(ENDPOINTS.system);
      first.child.kill("SIGTERM");
      await first.exited;
      expect(first.output()).not.toContain("not-a-real-one");

      const { client } = await installation.startReady();
      const turnId = await ask(client, "hello");
      const stream = client.streamEvents(ENDPOINTS.turnEvents, { params: { turnId } });
      for await (const { event } of stream) {
        if (event.type !== "queued" || !event.held) continue;
        expect(event.hold).toMatchObject({ kind: "login" });
        break;
      }
      // Kept until the login is there, not answered by anybody else.
      expect(await client.call(ENDPOINTS.getTurn, { params: { turnId } })).toMatchObject({ state: "queued" });
      expect(await client.call(ENDPOINTS.system)).toMatchObject({
        mode: "live",
        cli: { found: true, login: null, problem: expect.stringContaining("not logged in") },
      });
    },
    PATIENCE_MS,
  );

  test(
    "met by an error nobody foresaw, logs it, closes everything and does not end as if all were well",
    async () => {
      const installation = await createInstallation();
      const preload = `data:text/javascript,process.on("SIGUSR2",()=>{Promise.reject(new Error("boom"))})`;
      const { child, exited, output } = await installation.startReady({}, ["--import", preload]);
      child.kill("SIGUSR2");
      expect((await exited).code).toBe(70);
      expect(output()).toContain("boom");
      expect(output()).toContain("an error that nobody foresaw");
      const again = await installation.startReady();
      expect(again.child.exitCode).toBeNull();
    },
    PATIENCE_MS,
  );
});

describe("what stands in the way of a start", () => {
  test("in the settings is told all at once, and ends with 1 before anything is made", async () => {
    const installation = await createInstallation();
    const program = installation.start({
      STEWARD_PORT: "eighty",
      GATEWAY_MIN_FREE_MB: "much",
      STEWARD_HOST: "0.0.0.0",
    });
    expect((await program.exited).code).toBe(1);
    expect(program.output()).toContain("STEWARD_PORT");
    expect(program.output()).toContain("GATEWAY_MIN_FREE_MB");
    expect(existsSync(installation.home)).toBe(false);
  });

  test("beyond this machine is a bind without names and encryption", async () => {
    const installation = await createInstallation();
    const program = installation.start({ STEWARD_HOST: "0.0.0.0" });
    expect((await program.exited).code).toBe(1);
    expect(program.output()).toContain("STEWARD_ALLOWED_HOSTS");
    expect(program.output()).toContain("STEWARD_BEHIND_TLS");
  });

  test("on its address is told in a sentence, and ends with 1", async () => {
    const installation = await createInstallation();
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(installation.port, "127.0.0.1", resolve));
    onTestFinished(() => new Promise<void>((resolve) => void stranger.close(() => resolve())));
    const program = installation.start();
    expect((await program.exited).code).toBe(1);
    expect(program.output()).toContain("EADDRINUSE");
    expect(program.output()).not.toMatch(/^\s+at /m);
  });
});
