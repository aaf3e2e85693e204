import {
  Bot,
  Brain,
  Gauge,
  History,
  type LucideIcon,
  MessageSquareText,
  MonitorSmartphone,
  Server,
  ShieldCheck,
} from "lucide-react";
import type { TextKey } from "../../texts/texts.tsx";

/** The parts of the settings, by what stands in the address. */
export const SECTIONS = [
  { id: "access", text: "settings.access", icon: Bot },
  { id: "behaviour", text: "settings.behaviour", icon: MessageSquareText },
  { id: "permissions", text: "settings.permissions", icon: ShieldCheck },
  { id: "limits", text: "settings.limits", icon: Gauge },
  { id: "retention", text: "settings.retention", icon: Brain },
  { id: "system", text: "settings.system", icon: Server },
  { id: "browsers", text: "settings.browsers", icon: MonitorSmartphone },
  { id: "audit", text: "settings.audit", icon: History },
] as const satisfies readonly { id: string; text: TextKey; icon: LucideIcon }[];

export type SectionId = (typeof SECTIONS)[number]["id"];
