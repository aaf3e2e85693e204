import { Menu as BaseMenu } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";
import { classes } from "./classes.ts";

/** Further things to do, behind a button. */
export const Menu = ({
  trigger,
  defaultOpen = false,
  children,
}: {
  trigger: ReactElement;
  defaultOpen?: boolean;
  children: ReactNode;
}) => (
  <BaseMenu.Root defaultOpen={defaultOpen}>
    <BaseMenu.Trigger render={trigger} />
    <BaseMenu.Portal>
      <BaseMenu.Positioner sideOffset={6} align="end" className="z-50">
        <BaseMenu.Popup className="min-w-44 rounded-xl border border-line bg-raised p-1 shadow-xl outline-none">
          {children}
        </BaseMenu.Popup>
      </BaseMenu.Positioner>
    </BaseMenu.Portal>
  </BaseMenu.Root>
);

export const MenuItem = ({
  danger = false,
  onClick,
  children,
}: {
  danger?: boolean;
  onClick: () => void;
  children: ReactNode;
}) => (
  <BaseMenu.Item
    onClick={onClick}
    className={classes(
      "flex min-h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 text-sm select-none data-highlighted:bg-hover",
      danger && "text-bad",
    )}
  >
    {children}
  </BaseMenu.Item>
);
