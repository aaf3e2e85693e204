import { useCallback, useState } from "react";
import { Button, type ButtonProps } from "./button.tsx";
import { usePart } from "./use-part.ts";

export interface Confirmation {
  question: string;
  /** What will be gone. */
  consequence: string;
  action: string;
  onConfirm: () => void;
}

const load = () => import("./confirm-dialog.tsx");

/** A button for what cannot be taken back: it asks first. */
export const ConfirmButton = ({
  question,
  consequence,
  action,
  onConfirm,
  ...button
}: ButtonProps & Confirmation) => {
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  const ConfirmDialog = usePart(load, isOpen, close);
  return (
    <>
      <Button {...button} onClick={() => setOpen(true)} />
      {ConfirmDialog && <ConfirmDialog {...{ question, consequence, action, onConfirm, close }} />}
    </>
  );
};
