import type { ChatAddress } from "@steward/contract/ids";
import { useEffect, useState } from "react";
import { chatKey } from "../../api/chats.ts";

interface Stored {
  text: string;
  /** Of the sending: the same words sent again after a failure are the same turn. */
  key: string;
}

const fresh = (): Stored => ({ text: "", key: crypto.randomUUID() });

const read = (name: string): Stored => {
  try {
    const stored = JSON.parse(sessionStorage.getItem(name) ?? "null") as Partial<Stored> | null;
    if (typeof stored?.text === "string" && typeof stored.key === "string") {
      return { text: stored.text, key: stored.key };
    }
  } catch {
    // Somebody else's words under our name: as good as none.
  }
  return fresh();
};

/** What is being written to a chat, kept for this tab until it was sent. */
export const useDraft = (chat: ChatAddress) => {
  const name = `steward.draft.${chatKey(chat)}`;
  const [stored, setStored] = useState(() => read(name));
  useEffect(() => {
    if (stored.text === "") sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify(stored));
  }, [name, stored]);
  return {
    ...stored,
    // Other words are another turn, also after a failed sending of which nobody knows whether it arrived.
    write: (text: string) => setStored({ text, key: crypto.randomUUID() }),
    sent: () => setStored(fresh()),
  };
};
