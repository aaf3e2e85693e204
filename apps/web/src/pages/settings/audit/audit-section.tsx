import type { AuditEntry } from "@steward/contract/audit";
import { usePeople } from "../../../api/access.ts";
import { useAudit } from "../../../api/audit.ts";
import { useLanguage, useSay } from "../../../texts/texts.tsx";
import { Card } from "../../../ui/card.tsx";
import { LoadMore } from "../../../ui/load-more.tsx";
import { Loaded } from "../../../ui/loaded.tsx";
import { personName } from "../access/names.ts";
import { auditAction, auditActor, auditDetail, auditTarget } from "./audit-words.ts";

/** Who changed what in the service. */
const AuditSection = () => {
  const say = useSay();
  const audit = useAudit();
  const people = usePeople();
  const names = new Map<string, string>();
  for (const entry of people.data ?? []) {
    names.set(`${entry.botId}/${entry.userId}`, personName(entry));
    names.set(entry.userId, personName(entry));
  }
  return (
    <Card title={say("settings.section_audit")} flush>
      <Loaded query={audit} lines={6}>
        {({ pages }) => (
          <>
            <ul className="divide-y divide-line">
              {pages
                .flatMap(({ entries }) => entries)
                .map((entry) => (
                  <AuditLine key={entry.id} entry={entry} names={names} />
                ))}
            </ul>
            <LoadMore query={audit}>{say("settings.older")}</LoadMore>
          </>
        )}
      </Loaded>
    </Card>
  );
};
export default AuditSection;

const AuditLine = ({ entry, names }: { entry: AuditEntry; names: ReadonlyMap<string, string> }) => {
  const say = useSay();
  const { language, texts } = useLanguage();
  return (
    <li className="grid gap-x-4 gap-y-0.5 px-4 py-2.5 text-sm sm:grid-cols-[9.5rem_minmax(0,1fr)]">
      <time dateTime={new Date(entry.at).toISOString()} className="text-xs leading-5 text-soft tabular-nums">
        {new Date(entry.at).toLocaleString(language, { dateStyle: "short", timeStyle: "medium" })}
      </time>
      <div className="min-w-0">
        <p className="break-words">
          <span className="font-medium">{auditAction(entry, texts, say)}</span>
          {entry.detail !== "" && <span className="text-soft">{` · ${auditDetail(entry, texts, say)}`}</span>}
        </p>
        <p className="text-xs break-words text-soft">
          {auditActor(entry.actor, names, say)} → {auditTarget(entry, names, say)}
        </p>
      </div>
    </li>
  );
};
