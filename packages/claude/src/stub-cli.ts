import { fileURLToPath } from "node:url";
import type { CliBinary } from "./cli-driver.ts";

/**
 * A small program that speaks the CLI's protocol and misbehaves on demand, for fault tests and load. Scenarios are
 * described at the head of the program: `STUB_SCENARIO` in its environment, or `STUB:{…}` in a prompt.
 */
export const STUB_CLI_PATH: string = fileURLToPath(new URL("../test/fixtures/stub-cli.mjs", import.meta.url));

export const STUB_CLI_BINARY: CliBinary = { path: STUB_CLI_PATH, version: "2.1.197", source: "env" };
