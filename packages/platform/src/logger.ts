import { destination as openDestination, type Logger as PinoLogger, pino } from "pino";
import { createRedactor, type Redactor } from "./redactor.ts";

export { createRedactor, type Redactor };

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** `log.info({ turnId, botId }, "session spawned")`, or a bare message. An `err` field may hold an Error. */
export interface LogMethod {
  (fields: object, message: string): void;
  (message: string): void;
}

export interface Logger {
  debug: LogMethod;
  info: LogMethod;
  warn: LogMethod;
  error: LogMethod;
  /** A logger that adds `bindings` to each of its lines. */
  child(bindings: object): Logger;
}

export interface LoggerOptions {
  /** The program's name, on every line. */
  name: string;
  level: LogLevel;
  redact: Redactor;
  /** Where the JSON lines go. Default stdout; programs that speak a protocol on stdout take stderr. */
  destination?: "stdout" | "stderr" | LineSink;
}

export interface LineSink {
  /** One JSON object and its line feed. */
  write(line: string): void;
}

/** One line of {@link createMemoryLogger}, parsed. */
export interface LogLine {
  level: string;
  msg: string;
  [field: string]: unknown;
}

/**
 * JSON lines by pino. Everything a caller passes (message, fields at any depth, errors with stack and cause,
 * bindings) goes through the redactor before it is serialised, so no escaping can hide a secret from it.
 */
export function createLogger(options: LoggerOptions): Logger {
  const sink = openSink(options.destination ?? "stdout");
  const root = pino(
    {
      name: options.name,
      level: options.level,
      base: { name: options.name, pid: process.pid },
      formatters: { level: (label) => ({ level: label }) },
      // Redaction has already turned errors into plain objects; pino's own serializer would rewrite them.
      serializers: { err: (value: unknown) => value },
    },
    sink,
  );
  return wrap(root, options.redact);
}

/** Says nothing. */
export function createSilentLogger(): Logger {
  const nothing: LogMethod = () => undefined;
  const silent: Logger = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    child: () => silent,
  };
  return silent;
}

/** Keeps its lines, from debug upwards, for tests to look at; redacts like the real one. */
export function createMemoryLogger(redact: Redactor = createRedactor()): { log: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const log = createLogger({
    name: "test",
    level: "debug",
    redact,
    // The line was made by pino a moment ago from an object with these two fields.
    destination: { write: (line) => void lines.push(JSON.parse(line) as LogLine) },
  });
  return { log, lines };
}

function wrap(target: PinoLogger<never>, redact: Redactor): Logger {
  const method =
    (level: Exclude<LogLevel, "silent">): LogMethod =>
    (fieldsOrMessage: object | string, message?: string) => {
      if (!target.isLevelEnabled(level)) return;
      if (typeof fieldsOrMessage === "string") target[level](redact.redact(fieldsOrMessage));
      else target[level](toFields(redact, fieldsOrMessage), redact.redact(message ?? ""));
    };
  return {
    debug: method("debug"),
    info: method("info"),
    warn: method("warn"),
    error: method("error"),
    child: (bindings) => wrap(target.child(toFields(redact, bindings)), redact),
  };
}

function toFields(redact: Redactor, fields: object): object {
  const value = redact.redactValue(fields instanceof Error ? { err: fields } : fields);
  return typeof value === "object" && value !== null ? value : { value };
}

function openSink(destination: "stdout" | "stderr" | LineSink): LineSink {
  if (typeof destination === "object") return destination;
  const stream = openDestination({ fd: destination === "stdout" ? 1 : 2, sync: true });
  // A closed pipe (`steward | head`) must not take the program down with it; there is nowhere left to report to.
  stream.on("error", () => undefined);
  return stream;
}
