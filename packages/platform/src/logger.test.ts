import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { createLogger, createMemoryLogger, createRedactor, createSilentLogger } from "./logger.ts";

const CANARY = "canary-0123456789";

describe("logger", () => {
  test("writes fields, bindings, level and message as one JSON line", () => {
    const { log, lines } = createMemoryLogger();
    log.child({ chat: "42" }).info({ turnId: "t1" }, "session spawned");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: "info", chat: "42", turnId: "t1", msg: "session spawned" });
  });

  test("no canary leaves by message, field, binding, key, error message, stack or cause", () => {
    const { log, lines } = createMemoryLogger(createRedactor([CANARY]));
    const err = new Error(`boom ${CANARY}`, { cause: new Error(`inner ${CANARY}`) });
    log.error({ err }, `failed ${CANARY}`);
    log.warn(`plain ${CANARY}`);
    log.info({ [CANARY]: { deep: [`${CANARY}!`] } }, "fields");
    log.child({ token: CANARY }).debug({}, "bindings");
    log.error(err, "an error in place of fields");
    expect(lines).toHaveLength(5);
    expect(JSON.stringify(lines)).not.toContain(CANARY);
    expect(lines[0]).toMatchObject({ err: { type: "Error", message: "boom [redacted]" } });
    expect(lines[4]).toMatchObject({ err: { message: "boom [redacted]" } });
  });

  test("writes nothing below its level", () => {
    const lines: string[] = [];
    const log = createLogger({
      name: "t",
      level: "warn",
      redact: createRedactor(),
      destination: { write: (line) => void lines.push(line) },
    });
    log.info("quiet");
    log.warn("loud");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ name: "t", level: "warn", msg: "loud" });
  });

  test("the silent logger takes everything and gives itself as child", () => {
    const log = createSilentLogger();
    expect(log.child({ a: 1 })).toBe(log);
    expect(log.error({ a: 1 }, "x")).toBeUndefined();
  });

  test.each(["stdout", "stderr"] as const)("a program's lines go to %s alone", (destination) => {
    const program = `
      import { createLogger, createRedactor } from ${JSON.stringify(new URL("./logger.ts", import.meta.url).href)};
      createLogger({ name: "p", level: "info", redact: createRedactor([${JSON.stringify(CANARY)}]), destination: "${destination}" })
        .info({ x: ${JSON.stringify(CANARY)} }, "hello");`;
    const run = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
    const other = destination === "stdout" ? run.stderr : run.stdout;
    expect(other).toBe("");
    expect(JSON.parse(run[destination])).toMatchObject({ msg: "hello", x: "[redacted]" });
  });
});
