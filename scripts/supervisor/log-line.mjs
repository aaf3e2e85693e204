/** @type {Record<string, string>} */
const COLOURS = { error: "\x1b[31m", warn: "\x1b[33m", debug: "\x1b[2m" };
const RESET = "\x1b[0m";
/** Fields that say nothing beside the line's own time and program. */
const LEFT_OUT = new Set(["level", "time", "pid", "hostname", "name", "msg"]);

/**
 * A program's output line for a person: `21:03:12 api  session spawned turnId=…`. Lines that are no JSON log are
 * only prefixed.
 *
 * @param {string} name
 * @param {string} line
 * @param {{ colours: boolean }} options
 */
export function formatLogLine(name, line, { colours }) {
  const record = parseRecord(line);
  const prefix = name.padEnd(4);
  if (!record) return `${prefix} ${line}`;
  const { level, time, msg } = record;
  const clock = new Date(time).toTimeString().slice(0, 8);
  const fields = Object.entries(record)
    .filter(([key]) => !LEFT_OUT.has(key))
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const mark = level === "info" ? "" : `${level.toUpperCase()} `;
  const text = `${clock} ${prefix} ${mark}${[msg, ...fields].join(" ")}`;
  const colour = colours ? COLOURS[level] : undefined;
  return colour ? `${colour}${text}${RESET}` : text;
}

/**
 * @param {string} line
 * @returns {{ level: string, time: number, msg: string, [field: string]: unknown } | undefined}
 */
function parseRecord(line) {
  if (!line.startsWith("{")) return undefined;
  try {
    const value = JSON.parse(line);
    const isLog =
      typeof value.level === "string" && Number.isFinite(value.time) && typeof value.msg === "string";
    return isLog ? value : undefined;
  } catch {
    // Something that only looks like JSON: shown as it is.
    return undefined;
  }
}
