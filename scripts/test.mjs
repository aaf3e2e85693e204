import { prepare } from "./prepare.mjs";

const { toolchain, steps } = await prepare(8);
const { runTests } = await import("./testing/run-tests.mjs");
process.exit(await runTests(toolchain, steps));
