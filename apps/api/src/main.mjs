import { resolve } from "node:path";
import { tuneModuleLoading } from "./module-loading.mjs";

// Plain JavaScript up to here: a TypeScript file that is not yet in the cache brings in Node's type stripper, 13 MB for good.
const checkout = resolve(import.meta.dirname, "../../..");
tuneModuleLoading(resolve(checkout, "node_modules/.cache/steward-api"));
const { runApi } = await import("./run-api.ts");
await runApi({ own: process.env, dotEnvPath: resolve(checkout, ".env") });
