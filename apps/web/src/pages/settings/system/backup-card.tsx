import { type BackupInfo, takeBackup } from "@steward/contract/backups";
import { DatabaseBackup } from "lucide-react";
import { useState } from "react";
import { api } from "../../../api/client.ts";
import { useAction } from "../../../api/use-action.ts";
import { useLanguage, useSay } from "../../../texts/texts.tsx";
import { formatBytes } from "../../../ui/amounts.ts";
import { Button } from "../../../ui/button.tsx";
import { Card } from "../../../ui/card.tsx";
import { Ago } from "../../../ui/times.tsx";

/** Takes a backup besides the hourly ones. */
export const BackupCard = () => {
  const say = useSay();
  const { language } = useLanguage();
  const [taken, setTaken] = useState<BackupInfo | null>(null);
  const take = useAction(() => api.call(takeBackup, { timeoutMs: 300_000 }), setTaken);
  return (
    <Card title={say("settings.backups")}>
      <div className="grid justify-items-start gap-3 text-sm">
        <p>{say("settings.backups_text")}</p>
        <Button disabled={take.isPending} onClick={() => take.mutate(undefined)}>
          <DatabaseBackup className="size-4" aria-hidden />
          {say(take.isPending ? "settings.backup_running" : "settings.backup_take")}
        </Button>
        {taken !== null && (
          <p role="status" className="break-all text-soft">
            {say("settings.backup_taken")} <code className="font-mono text-xs">{taken.name}</code> (
            {formatBytes(taken.bytes, language)}, <Ago at={taken.takenAt} />)
          </p>
        )}
      </div>
    </Card>
  );
};
