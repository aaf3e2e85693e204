import { prepare } from "./prepare.mjs";

const { toolchain, steps } = await prepare(5);
const { buildWebStep } = await import("./build-web.mjs");
await buildWebStep(toolchain, steps);
const { runSteward } = await import("./supervisor/run-steward.mjs");
process.exit(await runSteward(toolchain, { steps }));
