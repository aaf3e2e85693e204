import { prepare } from "./prepare.mjs";

const { toolchain, steps } = await prepare(9);
const { runTests } = await import("./testing/run-tests.mjs");
process.exit(await runTests(toolchain, steps));
