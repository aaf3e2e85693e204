import { useEffect, useRef, useState } from "react";

/** Long enough that a word is typed through, short enough that nobody waits. */
const PAUSE_MS = 180;

/**
 * What stands in a field, and goes into the address when its writer pauses: not in the middle of a character that is
 * still being put together.
 *
 * @param asked what stands in the address; when it changes by other hands, the field follows
 */
export const useTypedWords = (asked: string, ask: (words: string) => void) => {
  const [words, setWords] = useState(asked);
  const [isComposing, setComposing] = useState(false);
  const sent = useRef(asked);
  const send = (next: string): void => {
    if (next.trim() === sent.current) return;
    sent.current = next.trim();
    ask(sent.current);
  };
  const latest = useRef(send);
  latest.current = send;
  useEffect(() => {
    if (asked === sent.current) return;
    sent.current = asked;
    setWords(asked);
  }, [asked]);
  useEffect(() => {
    if (isComposing) return;
    const timer = setTimeout(() => latest.current(words), words.trim() === "" ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words, isComposing]);
  return {
    words,
    setWords,
    setComposing,
    /** Whoever presses Enter does not want to wait. */
    askNow: () => send(words),
  };
};
