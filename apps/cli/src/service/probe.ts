import { ApiError, ApiUnreachable, type Client, createClient } from "@steward/client/client";
import { type AccessChat, listAccessChats } from "@steward/contract/access-chats";
import { type Bot, listBots } from "@steward/contract/bots";
import {
  healthz,
  type Readiness,
  readinessSchema,
  readyz,
  type SystemInfo,
  system,
} from "@steward/contract/health";
import { isRefusedConnection, rootCause } from "./explain.ts";

/** What a look at the API found, from nobody there to all it tells. */
export type ServiceProbe =
  | { readonly state: "down" }
  | { readonly state: "unreachable"; readonly reason: string }
  | { readonly state: "foreign" }
  | {
      readonly state: "up";
      readonly readiness: Readiness;
      /** Null when there is no token to ask with, or it is not accepted. */
      readonly inside: {
        readonly system: SystemInfo;
        readonly bots: readonly Bot[];
        readonly chats: readonly AccessChat[];
      } | null;
    };

const ANSWER_WITHIN_MS = 5_000;

/** Looks at the API from outside, then with the token from inside. Never throws for what it may find there. */
export async function probeService(apiUrl: string, token: string | undefined): Promise<ServiceProbe> {
  const client = createClient({
    baseUrl: apiUrl,
    timeoutMs: ANSWER_WITHIN_MS,
    ...(token === undefined ? {} : { token }),
  });
  try {
    await client.call(healthz);
    return { state: "up", readiness: await askReadiness(client), inside: await lookInside(client, token) };
  } catch (error) {
    if (error instanceof ApiError) return { state: "foreign" };
    if (!(error instanceof ApiUnreachable)) throw error;
    return isRefusedConnection(error)
      ? { state: "down" }
      : { state: "unreachable", reason: rootCause(error).message };
  }
}

/** Not being ready is told as a refusal whose body says why. */
async function askReadiness(client: Client): Promise<Readiness> {
  try {
    return await client.call(readyz);
  } catch (error) {
    const told = error instanceof ApiError ? readinessSchema.safeParse(error.body) : undefined;
    if (told?.success === true) return told.data;
    throw error;
  }
}

async function lookInside(client: Client, token: string | undefined) {
  if (token === undefined) return null;
  try {
    const [info, bots, chats] = await Promise.all([
      client.call(system),
      client.call(listBots),
      client.call(listAccessChats),
    ]);
    return { system: info, bots, chats };
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}
