import { prepare } from "./prepare.mjs";

const { toolchain, steps } = await prepare(5);
const { runSteward } = await import("./supervisor/run-steward.mjs");
toolchain.env.NODE_ENV ??= "development";
process.exit(await runSteward(toolchain, { steps, forDevelopment: true }));
