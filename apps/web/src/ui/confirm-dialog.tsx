import { useSay } from "../texts/texts.tsx";
import { Button } from "./button.tsx";
import type { Confirmation } from "./confirm.tsx";
import { Dialog } from "./dialog.tsx";

const ConfirmDialog = ({
  question,
  consequence,
  action,
  onConfirm,
  close,
}: Confirmation & { close: () => void }) => {
  const say = useSay();
  return (
    <Dialog open close={close} title={question} description={consequence}>
      <div className="flex justify-end gap-2">
        <Button onClick={close}>{say("ui.cancel")}</Button>
        <Button
          look="danger"
          onClick={() => {
            close();
            onConfirm();
          }}
        >
          {action}
        </Button>
      </div>
    </Dialog>
  );
};
export default ConfirmDialog;
