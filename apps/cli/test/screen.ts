import { PassThrough, Writable } from "node:stream";
import { createTerminal, type Terminal } from "../src/terminal/terminal.ts";

export interface Screen {
  readonly terminal: Terminal;
  readonly input: PassThrough;
  /** What stands on the one screen that both outputs write to. */
  text(): string;
  stdout(): string;
  stderr(): string;
  /** Resolves when the screen shows the text. */
  waitFor(text: string): Promise<void>;
}

/** A terminal in memory. `ttys`: which of the outputs are a screen; the others are pipes. */
export function createScreen({ ttys = ["stdout", "stderr"], language = "en" }: ScreenOptions = {}): Screen {
  let both = "";
  const written = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  const output = (name: "stdout" | "stderr"): NodeJS.WriteStream => {
    const stream = new Writable({
      decodeStrings: false,
      write: (chunk: string | Buffer, _encoding, callback) => {
        written[name] += String(chunk);
        both += String(chunk);
        for (const look of waiting) look();
        callback();
      },
    });
    // The program asks a stream no more than these two of a real terminal's.
    return Object.assign(stream, {
      isTTY: ttys.includes(name),
      columns: 80,
    }) as unknown as NodeJS.WriteStream;
  };
  const input = Object.assign(new PassThrough(), { isTTY: ttys.includes("stdin") });
  const terminal = createTerminal({
    stdin: input as unknown as NodeJS.ReadStream,
    stdout: output("stdout"),
    stderr: output("stderr"),
    language,
    color: false,
  });
  return {
    terminal,
    input,
    text: () => both,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    waitFor: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!both.includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

interface ScreenOptions {
  ttys?: readonly ("stdout" | "stderr" | "stdin")[];
  language?: Terminal["language"];
}
