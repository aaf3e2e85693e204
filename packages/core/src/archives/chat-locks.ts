/** One at a time per chat: packing its files away, bringing them back, and starting a process that works on them. */
export interface ChatLocks {
  run<T>(chatRef: number, work: () => Promise<T>): Promise<T>;
}

export const createChatLocks = (): ChatLocks => {
  const tails = new Map<number, Promise<unknown>>();
  return {
    run: (chatRef, work) => {
      const before = tails.get(chatRef) ?? Promise.resolve();
      const done = before.then(work, work);
      tails.set(chatRef, done);
      const forget = () => {
        if (tails.get(chatRef) === done) tails.delete(chatRef);
      };
      done.then(forget, forget);
      return done;
    },
  };
};
