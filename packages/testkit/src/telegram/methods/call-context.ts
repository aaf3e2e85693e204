import type { UploadedFile } from "../http/request-body.ts";
import type { Strictness } from "../strictness.ts";
import type { Bot } from "../world/bot.ts";
import type { CallbackQueries } from "../world/callback-queries.ts";
import type { World } from "../world/world.ts";
import type { EmulatedMethod } from "./emulated-methods.ts";

/** Parameters that were checked against the generated tables: types hold, unless strictness is off. */
export class CallParameters {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  /** The text of a parameter, "" when absent. */
  text(name: string): string {
    return this.optionalText(name) ?? "";
  }

  optionalText(name: string): string | undefined {
    const value = this.#values[name];
    return value === undefined ? undefined : String(value);
  }

  /** A whole number; undefined when absent or unreadable. */
  integer(name: string): number | undefined {
    const value = this.#values[name];
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    return typeof number === "number" && Number.isInteger(number) ? number : undefined;
  }

  flag(name: string): boolean {
    return this.#values[name] === true || this.#values[name] === "true";
  }

  /** A structured parameter, of the type its table entry has. */
  structure<T>(name: string): T | undefined {
    return this.#values[name] as T | undefined;
  }

  raw(name: string): unknown {
    return this.#values[name];
  }
}

/** One call, as its handler sees it. */
export interface CallContext extends Strictness {
  readonly world: World;
  readonly callbackQueries: CallbackQueries;
  readonly bot: Bot;
  readonly method: EmulatedMethod;
  readonly params: CallParameters;
  readonly files: ReadonlyMap<string, UploadedFile>;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  readonly nowMs: number;
}

/** Does what the method does and returns its `result`. Throws ApiError. */
export type MethodHandler = (call: CallContext) => unknown;
