import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { ENDPOINTS } from "@steward/contract/endpoints";
import { submitTurn, turnEvents } from "@steward/contract/turns";
import type { Rig } from "../src/rig.ts";

export const RAW_PIPE = "raw CLI pipe, warm";
export const PROCESS_PER_MESSAGE = "CLI process per message";
export const STEWARD_ONE_REQUEST = "Steward, one SSE request, warm";
export const STEWARD_SUBMIT_THEN_EVENTS = "Steward, submit then events, warm";

/** One way to get an answer. `ask` resolves with the milliseconds from sending the prompt to the first text. */
export interface Contender {
  name: string;
  ask(prompt: string): Promise<number>;
  close(): Promise<void>;
}

const STREAM_JSON = [
  "-p",
  "--input-format",
  "stream-json",
  "--output-format",
  "stream-json",
  "--verbose",
  "--include-partial-messages",
];

const hasText = (line: string): boolean => line.includes('"text_delta"');
const isResult = (line: string): boolean => line.includes('"type":"result"');

/** What a CLI needs that is run by hand. */
export interface CliSeat {
  cli: string;
  /** The variables that point it at the model. */
  modelEnv: Record<string, string>;
  /** A folder of its own. */
  folder: string;
}

/** The CLI's own environment: nothing of Steward's in between. */
const cliEnv = (seat: CliSeat, home: string): Record<string, string> => {
  mkdirSync(home, { recursive: true });
  return { PATH: process.env.PATH ?? "", HOME: home, ...seat.modelEnv };
};

/** The floor: a live CLI process, fed and read by hand. */
export const rawPipe = (seat: CliSeat): Contender => {
  const cwd = `${seat.folder}/raw`;
  mkdirSync(cwd, { recursive: true });
  const child: ChildProcessWithoutNullStreams = spawn(
    seat.cli,
    [...STREAM_JSON, "--session-id", randomUUID()],
    {
      env: cliEnv(seat, cwd),
      cwd,
    },
  );
  child.stderr.resume();
  const lines = createInterface({ input: child.stdout });
  return {
    name: RAW_PIPE,
    ask: (prompt) =>
      new Promise((resolve) => {
        const start = performance.now();
        let first = Number.NaN;
        const read = (line: string) => {
          if (Number.isNaN(first) && hasText(line)) first = performance.now() - start;
          if (!isResult(line)) return;
          lines.off("line", read);
          resolve(first);
        };
        lines.on("line", read);
        child.stdin.write(
          `${JSON.stringify({ type: "user", message: { role: "user", content: prompt } })}\n`,
        );
      }),
    close: async () => {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.stdin.end();
      await gone;
    },
  };
};

/** What the ancestor does: a CLI process per message. */
export const processPerMessage = (seat: CliSeat): Contender => {
  const cwd = `${seat.folder}/cold`;
  mkdirSync(cwd, { recursive: true });
  const env = cliEnv(seat, cwd);
  const session = randomUUID();
  let known = false;
  return {
    name: PROCESS_PER_MESSAGE,
    ask: (prompt) =>
      new Promise((resolve) => {
        const start = performance.now();
        const args = STREAM_JSON.filter((arg) => arg !== "--input-format").filter((_, index) => index !== 1);
        const child = spawn(seat.cli, [...args, known ? "--resume" : "--session-id", session], { env, cwd });
        known = true;
        let first = Number.NaN;
        child.stderr.resume();
        createInterface({ input: child.stdout }).on("line", (line) => {
          if (Number.isNaN(first) && hasText(line)) first = performance.now() - start;
        });
        child.once("exit", () => resolve(first));
        child.stdin.end(prompt);
      }),
    close: async () => undefined,
  };
};

/** Ours in one request: the stream that a chat client reads. */
export const stewardStream = (rig: Rig): Contender => ({
  name: STEWARD_ONE_REQUEST,
  ask: async (prompt) => {
    const start = performance.now();
    const response = await fetch(rig.url + ENDPOINTS.gatewaySendStream.path, {
      method: "POST",
      headers: { authorization: `Bearer ${rig.token()}`, "content-type": "application/json" },
      body: JSON.stringify({ bot_id: "bench", chat_id: "stream", message: prompt }),
    });
    let first = Number.NaN;
    let seen = "";
    for await (const chunk of response.body ?? []) {
      if (!Number.isNaN(first)) continue;
      seen += Buffer.from(chunk).toString("utf8");
      if (seen.includes('"type":"text"')) first = performance.now() - start;
    }
    return first;
  },
  close: async () => undefined,
});

/** Ours: submitted over HTTP, first text off the turn's event stream. */
export const stewardHttp = (rig: Rig): Contender => {
  const client = rig.client();
  return {
    name: STEWARD_SUBMIT_THEN_EVENTS,
    ask: async (prompt) => {
      const start = performance.now();
      const { turnId } = await client.call(submitTurn, {
        headers: { "idempotency-key": randomUUID() },
        body: { botId: "bench", chatId: "http", threadId: "", text: prompt, source: "cli" },
      });
      let first = Number.NaN;
      for await (const { event } of client.streamEvents(turnEvents, { params: { turnId } })) {
        if (Number.isNaN(first) && event.type === "text" && event.text !== "")
          first = performance.now() - start;
      }
      return first;
    },
    close: async () => undefined,
  };
};

/** The whole way: a message in Telegram until its final answer stands there. */
export const stewardTelegram = (exchange: (text: string) => Promise<unknown>): Contender => ({
  name: "Steward through Telegram, whole answer",
  ask: async (prompt) => {
    const start = performance.now();
    await exchange(prompt);
    return performance.now() - start;
  },
  close: async () => undefined,
});
