import { useState } from "react";
import { useSay } from "../texts/texts.tsx";
import { Button, type ButtonProps } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

/** A button for what cannot be taken back: it asks first, and says what will be gone. */
export const ConfirmButton = ({
  question,
  consequence,
  action,
  onConfirm,
  ...button
}: ButtonProps & { question: string; consequence: string; action: string; onConfirm: () => void }) => {
  const say = useSay();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button {...button} onClick={() => setOpen(true)} />
      <Dialog open={open} close={() => setOpen(false)} title={question} description={consequence}>
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>{say("ui.cancel")}</Button>
          <Button
            look="danger"
            onClick={() => {
              setOpen(false);
              onConfirm();
            }}
          >
            {action}
          </Button>
        </div>
      </Dialog>
    </>
  );
};
