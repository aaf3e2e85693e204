import {
  cloneElement,
  type MouseEventHandler,
  type ReactElement,
  type ReactNode,
  useCallback,
  useState,
} from "react";
import { usePart } from "../ui/use-part.ts";
import type { PageEntry } from "./pages.ts";

const load = () => import("./more-menu.tsx");

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
  const MoreMenu = usePart(
    load,
    isWanted,
    useCallback(() => setWanted(false), []),
  );
  if (MoreMenu === null) return cloneElement(trigger, { onClick: () => setWanted(true) }, children);
  return (
    <MoreMenu trigger={trigger} pages={pages}>
      {children}
    </MoreMenu>
  );
};
