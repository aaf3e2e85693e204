import { signOut } from "@steward/contract/web-sessions";
import { useNavigate } from "@tanstack/react-router";
import { Check, Languages, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { cloneElement, type ReactElement, type ReactNode, useState } from "react";
import { api } from "../api/client.ts";
import { useAction } from "../api/use-action.ts";
import { LANGUAGES } from "../texts/language.ts";
import { useLanguage, useSay } from "../texts/texts.tsx";
import { chooseTheme, storedTheme, THEMES } from "../theme/theme.ts";
import { dropAllKept } from "../ui/kept.ts";
import { Menu, MenuItem } from "../ui/menu.tsx";
import type { PageEntry } from "./pages.ts";

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon };
const LANGUAGE_NAMES = { en: "English", zh: "中文" };

/** Pages that have no place in the bar, how things look and sound, and the way out. */
const MoreMenu = ({
  trigger,
  pages,
  children,
}: {
  trigger: ReactElement;
  pages: readonly PageEntry[];
  children: ReactNode;
}) => {
  const say = useSay();
  const navigate = useNavigate();
  const { language, choose } = useLanguage();
  const [theme, setTheme] = useState(storedTheme);
  // The address is kept: whoever signs in again is where they were.
  const leave = useAction(
    () => api.call(signOut),
    () => {
      dropAllKept();
      location.reload();
    },
  );
  return (
    <Menu defaultOpen trigger={cloneElement(trigger, {}, children)}>
      {pages.map((page) => (
        <MenuItem key={page.path} onClick={() => void navigate({ to: page.path })}>
          <page.icon className="size-4" aria-hidden />
          {say(page.text)}
        </MenuItem>
      ))}
      {THEMES.map((each) => {
        const Icon = THEME_ICONS[each];
        return (
          <MenuItem
            key={each}
            onClick={() => {
              chooseTheme(each);
              setTheme(each);
            }}
          >
            <Icon className="size-4" aria-hidden />
            <span className="grow">{say(`shell.theme_${each}`)}</span>
            {theme === each && <Check className="size-4 text-accent-ink" aria-hidden />}
          </MenuItem>
        );
      })}
      {LANGUAGES.map((each) => (
        <MenuItem key={each} onClick={() => choose(each)}>
          <Languages className="size-4" aria-hidden />
          <span className="grow" lang={each === "zh" ? "zh-Hans" : "en"}>
            {LANGUAGE_NAMES[each]}
          </span>
          {language === each && <Check className="size-4 text-accent-ink" aria-hidden />}
        </MenuItem>
      ))}
      <MenuItem onClick={() => leave.mutate(undefined)}>
        <LogOut className="size-4" aria-hidden />
        {say("shell.sign_out")}
      </MenuItem>
    </Menu>
  );
};

export default MoreMenu;
