import { FlaskConical, OctagonPause, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { useSystem } from "../api/system.ts";
import { useConnection } from "../live/live-provider.tsx";
import { useLanguage, useSay } from "../texts/texts.tsx";
import { classes } from "../ui/classes.ts";

/** What is true of every page: nobody answers, the model is the built-in one. */
export const Banners = () => {
  const say = useSay();
  const { language } = useLanguage();
  const connection = useConnection();
  const system = useSystem();
  return (
    <>
      {connection.state === "offline" && (
        <Banner tone="bad" icon={<WifiOff className="size-4 shrink-0" aria-hidden />}>
          {say("shell.offline", {
            time: new Date(connection.since).toLocaleTimeString(language, { timeStyle: "short" }),
          })}
        </Banner>
      )}
      {system.data?.mode === "demo" && (
        <Banner tone="accent" icon={<FlaskConical className="size-4 shrink-0" aria-hidden />}>
          {say("shell.demo")}
        </Banner>
      )}
      {system.data?.holds.some(({ kind }) => kind === "panic") && (
        <Banner tone="bad" icon={<OctagonPause className="size-4 shrink-0" aria-hidden />}>
          {say("shell.panic")}
        </Banner>
      )}
    </>
  );
};

const Banner = ({
  tone,
  icon,
  children,
}: {
  tone: "accent" | "bad";
  icon: ReactNode;
  children: ReactNode;
}) => (
  <div
    role="status"
    className={classes(
      "flex items-center gap-2.5 px-4 py-2 text-sm sm:px-6",
      tone === "bad" ? "bg-bad-soft text-bad" : "bg-accent-soft text-accent-ink",
    )}
  >
    {icon}
    <span className="min-w-0">{children}</span>
  </div>
);
