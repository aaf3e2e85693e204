import type { KeyboardEvent } from "react";

/** What Safari calls the key that ends a composition, which it reports as over by then. */
const PROCESSED = 229;

/** The key belongs to an input method that is choosing characters, not to us. */
export const isComposing = ({ nativeEvent }: KeyboardEvent): boolean =>
  nativeEvent.isComposing || nativeEvent.keyCode === PROCESSED;
