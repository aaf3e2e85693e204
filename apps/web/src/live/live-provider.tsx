import type { LiveChange } from "@steward/contract/live";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { api } from "../api/client.ts";
import { queryKey } from "../api/keys.ts";
import { keepLive } from "./live-connection.ts";
import { type Connection, createLiveStore, type LiveStore } from "./live-store.ts";
import type { LiveTurn } from "./turn-state.ts";

const StoreContext = createContext<LiveStore | null>(null);

/** Follows the live stream for all pages below: what it tells is in the store, what became old is asked for again. */
export const LiveProvider = ({ signedOut, children }: { signedOut: () => void; children: ReactNode }) => {
  const [store] = useState(createLiveStore);
  const queries = useQueryClient();
  useEffect(() => {
    const changed = (changes: readonly LiveChange[] | null): void => {
      if (changes === null) {
        void queries.invalidateQueries();
        return;
      }
      for (const topic of new Set(changes.map((change) => change.topic))) {
        void queries.invalidateQueries({ queryKey: queryKey(topic) });
      }
    };
    return keepLive({ api, store }, changed, signedOut);
  }, [store, queries, signedOut]);
  return <StoreContext.Provider value={store}>{children}</StoreContext.Provider>;
};

export const useLiveStore = (): LiveStore => {
  const store = useContext(StoreContext);
  if (!store) throw new Error("outside the live provider");
  return store;
};

/** Turns that are open, or have just ended, in the order in which they came. */
export const useLiveTurns = (): readonly LiveTurn[] => {
  const store = useLiveStore();
  return useSyncExternalStore(store.subscribe, store.turns);
};

export const useConnection = (): Connection => {
  const store = useLiveStore();
  return useSyncExternalStore(store.subscribe, store.connection);
};
