import type { FailpointName } from "./failpoint-names.ts";

/**
 * A point at which a test can cut. Here it does nothing: this is the module that `@steward/platform/failpoint` resolves
 * to. The armed one beside it is only found under `node --conditions=steward-test`, which nothing but a test passes.
 */
export const failpoint = (_name: FailpointName): void => undefined;
