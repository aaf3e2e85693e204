import { enableCompileCache, registerHooks } from "node:module";

/**
 * Makes loading the program cheap. Call it before anything large is imported.
 *
 * - Drizzle is taken in its CommonJS form: linking the circular imports of its ESM form leaves 160 MB of garbage
 *   behind and takes 300 ms (Node 24.21, drizzle-orm 0.45.4: 262 MB and 690 ms for the whole program, with this
 *   133 MB and 380 ms).
 * - Of the languages that zod speaks, only English: our own catalogue says things to people (60 modules, 3 MB; zod 4.6.7).
 * - Compiled modules and stripped types are kept for the next start (105 MB and 190 ms). Not in a directory that
 *   others may write to: what lies in it is run.
 *
 * @param {string} cacheDirectory
 */
export function tuneModuleLoading(cacheDirectory) {
  registerHooks({
    resolve: (specifier, context, nextResolve) => {
      if (/^drizzle-orm(\/|$)/.test(specifier))
        return nextResolve(specifier, { ...context, conditions: ["node", "require"] });
      if (specifier === "../locales/index.js" && context.parentURL?.includes("/zod/"))
        return nextResolve("../locales/en.js", context);
      return nextResolve(specifier, context);
    },
  });
  // A cache that cannot be written only costs time.
  enableCompileCache(cacheDirectory);
}
