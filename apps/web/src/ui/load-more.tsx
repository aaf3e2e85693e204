import { useEffect, useRef } from "react";
import { Button } from "./button.tsx";

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage(): Promise<unknown>;
}

/**
 * Behind a list that has more than is shown. Whoever presses it goes on at the first line that has come: the button is
 * behind it by then, or gone. Stands right after its list, also when there is no more.
 */
export const LoadMore = ({ query, children }: { query: Pages; children: string }) => {
  const place = useRef<HTMLDivElement>(null);
  /** The list, and how many lines it had. */
  const pressed = useRef<{ list: Element; lines: number; isAsked: boolean } | null>(null);
  const { hasNextPage, isFetchingNextPage } = query;
  useEffect(() => {
    if (pressed.current === null) return;
    const { list, lines, isAsked } = pressed.current;
    if (isFetchingNextPage) pressed.current.isAsked = true;
    else if (isAsked) {
      pressed.current = null;
      focusOn(list.children[lines]);
    }
  });
  const press = (): void => {
    const list = place.current?.previousElementSibling;
    pressed.current = list ? { list, lines: list.children.length, isAsked: false } : null;
    void query.fetchNextPage();
  };
  return (
    <div ref={place} className="border-t border-line p-3 text-center empty:hidden">
      {hasNextPage && (
        <Button disabled={isFetchingNextPage} focusableWhenDisabled onClick={press}>
          {children}
        </Button>
      )}
    </div>
  );
};

const focusOn = (line: Element | undefined): void => {
  if (!(line instanceof HTMLElement)) return;
  const control = line.querySelector<HTMLElement>("a, button");
  if (control === null) line.tabIndex = -1;
  (control ?? line).focus();
};
