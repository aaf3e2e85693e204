import type { ChatAddress } from "@steward/contract/ids";
import { useState } from "react";
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

const store = (name: string, draft: Stored): void => {
  try {
    if (draft.text === "") sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify(draft));
  } catch {
    // No room, or storage is forbidden: the words are kept as long as the page is there.
  }
};

/** What is being written to a chat, kept for this tab until it was sent. */
export const useDraft = (chat: ChatAddress) => {
  const name = `steward.draft.${chatKey(chat)}`;
  const [draft, setDraft] = useState(() => read(name));
  const put = (next: Stored): void => {
    store(name, next);
    setDraft(next);
  };
  return {
    ...draft,
    // Other words are another turn, also after a failed sending of which nobody knows whether it arrived.
    write: (text: string) => put({ text, key: crypto.randomUUID() }),
    /** Something else that goes along has changed: that is another turn, too. */
    renew: () => put({ text: draft.text, key: crypto.randomUUID() }),
    /** What went out under this key is here no longer, also when the chat was left meanwhile. What was written since stays. */
    sent: (key: string) => {
      if (read(name).key === key) store(name, fresh());
      setDraft((now) => (now.key === key ? fresh() : now));
    },
  };
};

/** Of all chats: whoever signs out leaves nothing behind. */
export const forgetDrafts = (): void => {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith("steward.draft.")) sessionStorage.removeItem(name);
  }
};
