import type { TaskPrefixes } from "./task-prefixes.ts";

/** With what texts are embedded. Keys are secrets. */
export type EmbeddingSetting =
  | { readonly mode: "off" }
  /** An Ollama on this machine, if there is one with a model for it. */
  | { readonly mode: "auto"; readonly keepAlive: string; readonly prefixes: Partial<TaskPrefixes> }
  | {
      readonly mode: "ollama";
      /** Without a path: `http://127.0.0.1:11434`. */
      readonly url: string;
      readonly model: string;
      readonly keepAlive: string;
      /** In place of what the model is known to want. */
      readonly prefixes: Partial<TaskPrefixes>;
    }
  | {
      readonly mode: "openai";
      /** With the version: `https://api.openai.com/v1`. */
      readonly url: string;
      readonly model: string;
      readonly key: string | null;
      readonly prefixes: Partial<TaskPrefixes>;
    };

export const LOCAL_OLLAMA = "http://127.0.0.1:11434";
