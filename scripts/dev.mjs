import { prepare } from "./prepare.mjs";

const { toolchain, steps } = await prepare(4);
const { runSteward } = await import("./supervisor/run-steward.mjs");
toolchain.env.NODE_ENV ??= "development";
// The programs restart themselves when a source file changes.
process.exit(await runSteward(toolchain, { steps, nodeArgs: ["--watch", "--watch-preserve-output"] }));
