import { signIn } from "@steward/contract/web-sessions";
import { type FormEvent, useState } from "react";
import { api } from "../api/client.ts";
import { useSay } from "../texts/texts.tsx";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";
import { useErrorText } from "../ui/loaded.tsx";
import { usePageTitle } from "../ui/page.tsx";
import { Logo } from "./logo.tsx";
import type { SignInState } from "./signing-in.ts";

/** For whoever is not signed in here, or no longer. The address stays as it is: they come back to where they were. */
const SignIn = ({ state, entered }: { state: SignInState; entered: () => void }) => {
  const say = useSay();
  usePageTitle(say("sign_in.title"));
  const [token, setToken] = useState("");
  const [failure, setFailure] = useState<unknown>(null);
  const [isWorking, setWorking] = useState(false);
  const problem = useErrorText(failure ?? (state.is === "out" ? state.error : null));
  if (state.is === "looking") return <p className="sr-only">{say("sign_in.working")}</p>;

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setWorking(true);
    try {
      await api.call(signIn, { body: { token: token.trim() } });
      entered();
    } catch (error) {
      setFailure(error);
      setWorking(false);
    }
  };
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-md content-center gap-5 p-6">
      <Logo />
      <h1 className="text-xl font-semibold tracking-tight">{say("sign_in.title")}</h1>
      {state.is === "out" && state.why === "expired" && (
        <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">{say("sign_in.expired")}</p>
      )}
      {problem !== "" && (
        <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
          {problem}
        </p>
      )}
      <div className="grid gap-2 text-sm text-soft">
        <p>{say("sign_in.text")}</p>
        <code className="rounded-lg border border-line bg-surface px-3 py-2 font-mono text-ink">
          npm run -s steward -- web
        </code>
      </div>
      <form onSubmit={(event) => void submit(event)} className="grid gap-4">
        <Field label={say("sign_in.token")} help={say("sign_in.token_help")}>
          <Input
            type="password"
            autoComplete="current-password"
            spellCheck={false}
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
        </Field>
        <Button type="submit" look="primary" disabled={isWorking || token.trim() === ""}>
          {say(isWorking ? "sign_in.working" : "sign_in.submit")}
        </Button>
      </form>
    </main>
  );
};

export default SignIn;
