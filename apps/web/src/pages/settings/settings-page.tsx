import { useSay } from "../../texts/texts.tsx";
import { Page } from "../../ui/page.tsx";

export const SettingsPage = () => {
  const say = useSay();
  return <Page title={say("nav.settings")}>{null}</Page>;
};
