import type { EnvProblem } from "@steward/platform/env";

/** An endpoint that speaks OpenAI's API, and the keys there are for it. */
export interface OpenAiEndpoint {
  readonly url: string;
  /** OpenAI's own address for what the endpoint does. */
  readonly openAiUrl: string;
  /** Meant for this endpoint, whosever it is. */
  readonly ownKey: string | undefined;
  /** OPENAI_API_KEY. */
  readonly generalKey: string | undefined;
}

/** The general key goes to OpenAI's own endpoint alone: no other server is shown it. */
export const openAiKey = ({ url, openAiUrl, ownKey, generalKey }: OpenAiEndpoint): string | null =>
  ownKey ?? (url === openAiUrl ? generalKey : undefined) ?? null;

/** OpenAI's own endpoint answers nobody without a key; others may. */
export const checkOpenAiKey = (endpoint: OpenAiEndpoint, name: string): EnvProblem[] =>
  endpoint.url === endpoint.openAiUrl && openAiKey(endpoint) === null
    ? [{ name, message: "is required for OpenAI's own endpoint" }]
    : [];
