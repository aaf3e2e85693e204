import { ApiError, type Client } from "@steward/client/client";
import { type LiveChange, liveStream } from "@steward/contract/live";
import type { LiveStore } from "./live-store.ts";

/** A page in the background lets go of its connection after this long: a browser has only six for one address. */
const LINGER_MS = 60_000;
/** A first connection that took longer was a hard one. */
const PROMPT_MS = 1_500;
/** A refusal that is not meant for us (a proxy's, while Steward is updated) may be over by then. */
const AGAIN_MS = 15_000;

/**
 * Keeps the live stream open while the page is looked at. After each break everything that is shown counts as old.
 *
 * @param changed what has to be asked for again; null = all of it
 * @param signedOut the API no longer knows who asks; nothing is tried again
 * @returns how to end it
 */
export const keepLive = (
  deps: { api: Pick<Client, "streamEvents">; store: LiveStore },
  changed: (changes: readonly LiveChange[] | null) => void,
  signedOut: () => void,
): (() => void) => {
  const { api, store } = deps;
  let current: AbortController | null = null;
  let lingering: ReturnType<typeof setTimeout> | undefined;
  let wasLive = false;
  const startedMs = performance.now();

  const offline = (): void => {
    if (store.connection().state !== "offline") store.setConnection({ state: "offline", since: Date.now() });
  };
  const follow = async (signal: AbortSignal): Promise<void> => {
    const stream = api.streamEvents(liveStream, {
      signal,
      onConnection: (state) => {
        if (state.connected) store.restart();
        else if (!signal.aborted) offline();
      },
    });
    for await (const { event } of stream) {
      if (event.type === "live") {
        store.setConnection({ state: "live" });
        // What was answered while nobody listened may be old already.
        if (wasLive || performance.now() - startedMs > PROMPT_MS) changed(null);
        wasLive = true;
      } else if (event.type === "changed") changed(event.changes);
      else store.apply(event);
    }
  };
  const connect = (): void => {
    if (current) return;
    const controller = new AbortController();
    current = controller;
    follow(controller.signal).catch((error: unknown) => {
      if (controller.signal.aborted) return;
      current = null;
      if (error instanceof ApiError && error.status === 401) signedOut();
      else {
        offline();
        lingering = setTimeout(look, AGAIN_MS);
      }
    });
  };
  const disconnect = (): void => {
    current?.abort();
    current = null;
  };
  const look = (): void => {
    clearTimeout(lingering);
    if (document.hidden) lingering = setTimeout(disconnect, LINGER_MS);
    else connect();
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("online", look);
  connect();
  return () => {
    document.removeEventListener("visibilitychange", look);
    removeEventListener("online", look);
    clearTimeout(lingering);
    disconnect();
  };
};
