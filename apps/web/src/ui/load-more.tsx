import { useEffect, useRef } from "react";
import { Button } from "./button.tsx";

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage(): unknown;
}

/**
 * Behind a list that has more than is shown. Whoever presses it goes on at the first line that has come: the button is
 * behind it by then, or gone. Stands beside its list, also when there is no more.
 */
export const LoadMore = ({
  query: { hasNextPage, isFetchingNextPage, fetchNextPage },
  className = "border-t border-line p-3 text-center",
  children,
}: {
  query: Pages;
  className?: string;
  children: string;
}) => {
  const place = useRef<HTMLDivElement>(null);
  /** The lines that were there. */
  const pressed = useRef<{ before: ReadonlySet<Element>; isAsked: boolean } | null>(null);
  const lines = (): HTMLElement[] => [...(place.current?.parentElement?.querySelectorAll("li") ?? [])];
  useEffect(() => {
    if (pressed.current === null) return;
    const { before, isAsked } = pressed.current;
    if (isFetchingNextPage) pressed.current.isAsked = true;
    else if (isAsked) {
      pressed.current = null;
      const { activeElement: focused, body } = document;
      // Somebody may have gone elsewhere meanwhile.
      if (focused === body || place.current?.contains(focused)) {
        focusOn(lines().find((line) => !before.has(line)));
      }
    }
  });
  const press = (): void => {
    pressed.current = { before: new Set(lines()), isAsked: false };
    void fetchNextPage();
  };
  return (
    <div ref={place} className={`${className} empty:hidden`}>
      {hasNextPage && (
        <Button disabled={isFetchingNextPage} focusableWhenDisabled onClick={press}>
          {children}
        </Button>
      )}
    </div>
  );
};

const focusOn = (line: HTMLElement | undefined): void => {
  if (!line) return;
  const control = line.querySelector<HTMLElement>("a, button");
  if (control === null) line.tabIndex = -1;
  (control ?? line).focus();
};
