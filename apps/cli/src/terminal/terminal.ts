import { styleText } from "node:util";
import { languageOf, type MessageKey, translate } from "@steward/contract/messages";
import type { Language } from "@steward/schema/enums";

export type Params = Readonly<Record<string, string | number>>;
export type Style = "bold" | "dim" | "red" | "green" | "yellow";
export type OutputName = "stdout" | "stderr";

/** The person's end of the line: where text comes from and goes to, in which language, with colour or without. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly language: Language;
  /** A sentence of the catalogue in the person's language. */
  say(key: MessageKey, params?: Params): string;
  /** A whole line for standard output: what the command was asked for. */
  print(line: string): void;
  /** A whole line for standard error: what is said beside it. */
  note(line: string): void;
  style(output: OutputName, style: Style, text: string): string;
}

interface TerminalOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly language: Language;
  /** False turns colour off whatever the stream is. NO_COLOR and FORCE_COLOR are obeyed otherwise. */
  readonly color: boolean;
}

export function createTerminal({ stdin, stdout, stderr, language, color }: TerminalOptions): Terminal {
  const streams = { stdout, stderr };
  return {
    stdin,
    stdout,
    stderr,
    language,
    say: (key, params) => translate(language, key, params),
    print: (line) => void stdout.write(`${line}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    style: (output, style, text) =>
      color ? styleText(style, text, { stream: streams[output], validateStream: true }) : text,
  };
}

/** POSIX order: LC_ALL beats LC_MESSAGES beats LANG; an empty one counts as unset. */
export const readLanguage = (environment: Readonly<Record<string, string | undefined>>): Language =>
  languageOf(environment.LC_ALL || environment.LC_MESSAGES || environment.LANG);
