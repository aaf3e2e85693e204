import { type KeyboardEvent, type RefObject, useEffect } from "react";

/** What marks a link as one of the hits. */
export const HIT = { "data-hit": "" };

const isHit = (target: EventTarget | null): target is HTMLElement =>
  target instanceof HTMLElement && target.hasAttribute("data-hit");

/**
 * Arrows go from the field into the hits, over them, and back; Escape goes back at once. A slash goes to the field from
 * anywhere, and what was searched for stays.
 */
export const useHitKeys = (field: RefObject<HTMLInputElement | null>) => {
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent): void => {
      const { target } = event;
      const isTyping =
        target instanceof HTMLElement && ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
      const isPlain = !event.metaKey && !event.ctrlKey && !event.altKey;
      if (event.key !== "/" || isTyping || !isPlain || document.querySelector("[role=dialog]")) return;
      // Before the house's own slash, which would open an empty search.
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    document.addEventListener("keydown", press, true);
    return () => document.removeEventListener("keydown", press, true);
  }, [field]);

  return (event: KeyboardEvent<HTMLElement>): void => {
    if (event.nativeEvent.isComposing) return;
    const { target } = event;
    const isField = target === field.current;
    if (!isField && !isHit(target)) return;
    if (event.key === "Escape" && !isField) {
      event.preventDefault();
      field.current?.focus();
      return;
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0 || (isField && step < 0)) return;
    event.preventDefault();
    const hits = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-hit]")];
    const next = isField ? 0 : hits.indexOf(target as HTMLElement) + step;
    (next < 0 ? field.current : hits[next])?.focus();
  };
};
