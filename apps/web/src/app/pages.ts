import {
  Brain,
  ChartColumn,
  House,
  type LucideIcon,
  MessagesSquare,
  Search,
  Settings,
  ShieldQuestion,
} from "lucide-react";
import type { TextKey } from "../texts/texts.tsx";

export interface PageEntry {
  path: "/" | "/chats" | "/search" | "/memories" | "/approvals" | "/usage" | "/settings";
  text: TextKey;
  icon: LucideIcon;
  /** On a phone there is room for five; the others are behind "More". */
  onPhone: boolean;
}

/** Every page of the navigation, in its order. A new page gets its line here and its route in `router.tsx`. */
export const PAGES: readonly PageEntry[] = [
  { path: "/", text: "nav.home", icon: House, onPhone: true },
  { path: "/chats", text: "nav.chats", icon: MessagesSquare, onPhone: true },
  { path: "/approvals", text: "nav.approvals", icon: ShieldQuestion, onPhone: true },
  { path: "/search", text: "nav.search", icon: Search, onPhone: true },
  { path: "/memories", text: "nav.memories", icon: Brain, onPhone: false },
  { path: "/usage", text: "nav.usage", icon: ChartColumn, onPhone: false },
  { path: "/settings", text: "nav.settings", icon: Settings, onPhone: false },
];
