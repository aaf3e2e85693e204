import { enableCompileCache } from "node:module";
import { resolve } from "node:path";

// Every call is a new process, and most of its start is compiling: the cache makes it about three times as quick. It
// lies in the checkout, never in the shared temporary directory, where others could put code into it.
enableCompileCache(resolve(import.meta.dirname, "../../../.toolchain/compile-cache"));

const { runCommandLine } = await import("./command-line.ts");
await runCommandLine(process);
