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
  { id: "access", text: "settings.section_access", icon: Bot },
  { id: "behaviour", text: "settings.section_behaviour", icon: MessageSquareText },
  { id: "permissions", text: "settings.section_permissions", icon: ShieldCheck },
  { id: "limits", text: "settings.section_limits", icon: Gauge },
  { id: "retention", text: "settings.section_retention", icon: Brain },
  { id: "system", text: "settings.section_system", icon: Server },
  { id: "browsers", text: "settings.section_browsers", icon: MonitorSmartphone },
  { id: "audit", text: "settings.section_audit", icon: History },
] as const satisfies readonly { id: string; text: TextKey; icon: LucideIcon }[];

export type SectionId = (typeof SECTIONS)[number]["id"];
