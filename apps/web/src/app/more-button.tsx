import {
  cloneElement,
  lazy,
  type MouseEventHandler,
  type ReactElement,
  type ReactNode,
  Suspense,
  useState,
} from "react";
import type { PageEntry } from "./pages.ts";

const MoreMenu = lazy(() => import("./more-menu.tsx"));

/** Opens the menu of what has no place of its own. The menu itself is loaded with the first press. */
export const MoreButton = ({
  trigger,
  pages,
  children,
}: {
  trigger: ReactElement<{ onClick?: MouseEventHandler; children?: ReactNode }>;
  pages: readonly PageEntry[];
  children: ReactNode;
}) => {
  const [isWanted, setWanted] = useState(false);
  const alone = cloneElement(trigger, { onClick: () => setWanted(true) }, children);
  if (!isWanted) return alone;
  return (
    <Suspense fallback={alone}>
      <MoreMenu trigger={trigger} pages={pages}>
        {children}
      </MoreMenu>
    </Suspense>
  );
};
