import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { STUB_CLI_PATH } from "@steward/claude/stub-cli";
import { StampReader } from "./stamps.ts";

/** The floor: the same stub CLIs, read by hand. Resolves with what each of them said. */
export async function measureDirectPipes(
  chats: number,
  prompt: string,
  folder: string,
): Promise<StampReader[]> {
  const pipes = Array.from({ length: chats }, (_, index) => openPipe(join(folder, `direct-${index}`)));
  try {
    await Promise.all(pipes.map((pipe) => pipe.ask("warm up", null)));
    const readers = pipes.map(() => new StampReader());
    await Promise.all(pipes.map((pipe, index) => pipe.ask(prompt, readers[index] ?? null)));
    return readers;
  } finally {
    await Promise.all(pipes.map((pipe) => pipe.close()));
  }
}

function openPipe(cwd: string) {
  mkdirSync(cwd, { recursive: true });
  const child: ChildProcessWithoutNullStreams = spawn(STUB_CLI_PATH, ["--session-id", randomUUID()], {
    cwd,
    env: { PATH: process.env.PATH ?? "", HOME: cwd },
  });
  child.stderr.resume();
  child.stdout.setEncoding("utf8");
  return {
    /** Resolves at the turn's result. */
    ask: (prompt: string, reader: StampReader | null): Promise<void> =>
      new Promise((resolve, reject) => {
        let tail = "";
        const read = (text: string): void => {
          reader?.read(text);
          tail = (tail + text).slice(-4_096);
          if (!tail.includes('"type":"result"')) return;
          child.stdout.off("data", read);
          child.off("exit", fail);
          resolve();
        };
        const fail = (): void => reject(new Error("a stub CLI went away"));
        child.stdout.on("data", read);
        child.once("exit", fail);
        const message = { role: "user", content: prompt };
        child.stdin.write(`${JSON.stringify({ type: "user", uuid: randomUUID(), message })}\n`);
      }),
    close: async (): Promise<void> => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.stdin.end();
      await gone;
    },
  };
}
