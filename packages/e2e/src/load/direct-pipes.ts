import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { STUB_CLI_PATH } from "@steward/claude/stub-cli";
import { atIntakeRate } from "./at-intake-rate.ts";
import { StampReader } from "./stamps.ts";

/** The floor: the same stub CLIs, begun at the same rate and read by hand. Resolves with what each of them said. */
export async function measureDirectPipes(
  chats: number,
  prompt: string,
  folder: string,
): Promise<StampReader[]> {
  const pipes = Array.from({ length: chats }, (_, index) => openPipe(join(folder, `direct-${index}`)));
  try {
    await Promise.all(pipes.map((pipe) => pipe.ask("warm up", null)));
    const readers = pipes.map(() => new StampReader());
    await atIntakeRate(pipes, (pipe, index) => pipe.ask(prompt, readers[index] ?? null));
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
  const lines = createInterface({ input: child.stdout });
  return {
    /** Resolves at the turn's result. */
    ask: (prompt: string, reader: StampReader | null): Promise<void> =>
      new Promise((resolve, reject) => {
        const read = (line: string): void => {
          // The whole text comes once more at the end.
          if (line.includes('"text_delta"')) reader?.read(line);
          if (!line.includes('"type":"result"')) return;
          lines.off("line", read);
          child.off("exit", fail);
          resolve();
        };
        const fail = (): void => reject(new Error("a stub CLI went away"));
        lines.on("line", read);
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
