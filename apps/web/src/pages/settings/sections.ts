import { Bot, type LucideIcon } from "lucide-react";
import type { TextKey } from "../../texts/texts.tsx";

/** The parts of the settings, by what stands in the address. */
export const SECTIONS = [{ id: "access", text: "settings.access", icon: Bot }] as const satisfies readonly {
  id: string;
  text: TextKey;
  icon: LucideIcon;
}[];

export type SectionId = (typeof SECTIONS)[number]["id"];
