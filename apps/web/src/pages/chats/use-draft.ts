import type { ChatAddress } from "@steward/contract/ids";
import { useState } from "react";
import { z } from "zod";
import { chatKey } from "../../api/chats.ts";
import { dropKept, keep, readKept } from "../../ui/kept.ts";

const storedSchema = z.object({
  text: z.string(),
  /** Of the sending: the same words sent again after a failure are the same turn. */
  key: z.string(),
});
type Stored = z.infer<typeof storedSchema>;

const fresh = (): Stored => ({ text: "", key: crypto.randomUUID() });
const read = (name: string): Stored => readKept(name, storedSchema) ?? fresh();
const store = (name: string, draft: Stored): void => {
  if (draft.text === "") dropKept(name);
  else keep(name, draft);
};

/** What is being written to a chat, kept for this tab until it was sent. */
export const useDraft = (chat: ChatAddress) => {
  const name = chatKey(chat);
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
