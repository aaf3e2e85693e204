import { prepare } from "./prepare.mjs";

const wanted = process.argv.slice(2);
const { toolchain, steps } = await prepare(3);
const { listChecks } = await import("./checks/checks.mjs");
const { runChecks } = await import("./checks/run-checks.mjs");
const { StepError } = await import("./steps/steps.mjs");

const all = listChecks(toolchain);
const unknown = wanted.filter((name) => !all.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(
    `No check is called ${unknown.join(", ")}. There are: ${all.map(({ name }) => name).join(", ")}`,
  );
  process.exit(2);
}
const checks = wanted.length === 0 ? all : all.filter(({ name }) => wanted.includes(name));
try {
  await steps.run("Check", async (say) => {
    say(checks.map(({ name }) => name).join(", "));
    const failed = await runChecks(checks, (line) => console.log(line));
    if (failed.length > 0) throw new StepError(`Failed: ${failed.join(", ")}`);
    return "clean";
  });
} catch (error) {
  if (!(error instanceof StepError)) throw error;
  console.error(error.message);
  process.exit(1);
}
