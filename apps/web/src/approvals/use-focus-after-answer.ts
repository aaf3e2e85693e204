import { type RefObject, useLayoutEffect, useRef } from "react";

/** The next question that waits; without one where its page has marked that one goes on. */
const placeAfter = (card: HTMLElement): HTMLElement | undefined => {
  const cards = [...document.querySelectorAll<HTMLElement>("[data-approval]")];
  const next = cards[cards.indexOf(card) + 1] ?? cards.find((each) => each !== card);
  return next ?? [...document.querySelectorAll<HTMLElement>("main [data-goes-on]")].at(-1);
};

/**
 * Whoever has answered a question goes on from there, not from the top of the page: an answered card goes, and what had
 * the focus goes with it.
 *
 * @param isAnswered also while the answer is on its way: the card may go before it has come back
 */
export const useFocusAfterAnswer = (card: RefObject<HTMLElement | null>, isAnswered: boolean): void => {
  const answered = useRef(isAnswered);
  answered.current = isAnswered;
  useLayoutEffect(() => {
    const element = card.current;
    return () => {
      // It still stands there, and so does what comes after it.
      if (!element || !answered.current || !element.contains(document.activeElement)) return;
      placeAfter(element)?.focus();
    };
  }, [card]);
};
