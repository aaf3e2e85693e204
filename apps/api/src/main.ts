import { resolve } from "node:path";
import { tuneModuleLoading } from "./module-loading.ts";

const checkout = resolve(import.meta.dirname, "../../..");
tuneModuleLoading(resolve(checkout, "node_modules/.cache/steward-api"));
const { runApi } = await import("./run-api.ts");
await runApi({ own: process.env, dotEnvPath: resolve(checkout, ".env") });
