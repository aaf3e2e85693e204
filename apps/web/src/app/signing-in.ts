import { ApiError } from "@steward/client/api-error";
import { getWebSession, SIGN_IN_FRAGMENT, signIn } from "@steward/contract/web-sessions";
import { api } from "../api/client.ts";

export type SignInState =
  | { is: "looking" }
  | { is: "in" }
  /** `expired`: signed in until a moment ago. `error`: why a link did not work, or that nobody answers. */
  | { is: "out"; why: "new" | "expired"; error: unknown };

/** The code of the link that has opened the page, taken out of the address: it works once and concerns nobody else. */
const takeCode = (): string | null => {
  const code = new URLSearchParams(location.hash.slice(1)).get(SIGN_IN_FRAGMENT);
  if (code !== null) history.replaceState(history.state, "", location.pathname + location.search);
  return code;
};

/** Whether the page is signed in: by its link, or by its cookie from before. */
export const signInByLink = async (): Promise<SignInState> => {
  const code = takeCode();
  try {
    if (code === null) await api.call(getWebSession);
    else await api.call(signIn, { body: { code } });
    return { is: "in" };
  } catch (error) {
    // An old link in a browser that is signed in already harms nobody.
    if (code !== null && error instanceof ApiError && (await isSignedIn())) return { is: "in" };
    const isNew = code === null && error instanceof ApiError && error.status === 401;
    return { is: "out", why: "new", error: isNew ? null : error };
  }
};

const isSignedIn = (): Promise<boolean> =>
  api.call(getWebSession).then(
    () => true,
    () => false,
  );
