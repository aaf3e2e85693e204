import { prepare } from "./prepare.mjs";

const { toolchain, steps } = await prepare(4);
const { runSteward } = await import("./supervisor/run-steward.mjs");
process.exit(await runSteward(toolchain, { steps }));
