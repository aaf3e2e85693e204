import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { createQueryClient } from "../api/query-client.ts";
import { LiveProvider } from "../live/live-provider.tsx";
import type { Texts } from "../texts/en.ts";
import { type Language, loadTexts, storeLanguage } from "../texts/language.ts";
import { TextsProvider } from "../texts/texts.tsx";
import { ToastProvider } from "../ui/toasts.tsx";
import { router } from "./router.tsx";
import { type SignInState, signInByLink } from "./signing-in.ts";

const SignIn = lazy(() => import("./sign-in.tsx"));

/** The whole page: who reads it, in which language, and whether they are signed in. */
export const App = ({ initial }: { initial: { language: Language; texts: Texts } }) => {
  const [spoken, setSpoken] = useState(initial);
  const [state, setState] = useState<SignInState>({ is: "looking" });
  const signedOut = useCallback(
    () => setState((before) => (before.is === "in" ? { is: "out", why: "expired", error: null } : before)),
    [],
  );
  const [queries] = useState(() => createQueryClient(signedOut));
  useEffect(() => void signInByLink().then(setState), []);
  useEffect(() => {
    document.documentElement.lang = spoken.language === "zh" ? "zh-Hans" : "en";
  }, [spoken.language]);
  const choose = (language: Language): void => {
    storeLanguage(language);
    void loadTexts(language).then((texts) => setSpoken({ language, texts }));
  };

  return (
    <CSPProvider disableStyleElements>
      <TextsProvider value={{ ...spoken, choose }}>
        <QueryClientProvider client={queries}>
          <ToastProvider>
            {state.is === "looking" ? null : state.is === "in" ? (
              <LiveProvider signedOut={signedOut}>
                <RouterProvider router={router} />
              </LiveProvider>
            ) : (
              <Suspense>
                {" "}
                <SignIn
                  state={state}
                  entered={() => {
                    // Whoever was here before may have seen an older state of things.
                    void queries.invalidateQueries();
                    setState({ is: "in" });
                  }}
                />
              </Suspense>
            )}
          </ToastProvider>
        </QueryClientProvider>
      </TextsProvider>
    </CSPProvider>
  );
};
