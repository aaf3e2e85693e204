import { enableCompileCache } from "node:module";
import { resolve } from "node:path";

// Plain JavaScript, and compiled modules kept for the next start: type stripping costs memory for as long as the program runs.
const checkout = resolve(import.meta.dirname, "../../..");
enableCompileCache(resolve(checkout, "node_modules/.cache/steward-bot"));
const { runBot } = await import("./run-bot.ts");
runBot({ own: process.env, dotEnvPath: resolve(checkout, ".env") });
