/** English words that say nothing of what a text is about: what is left of a query without them finds it sooner. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a about after all also am an and any are as at be because been before being but by can could did do does doing " +
    "for from had has have having he her here hers him his how i if in into is it its just me more most my no nor not " +
    "of off on once only or other our out over own same she should so some such than that the their them then there " +
    "these they this those through to too under until up very was we were what when where which while who whom why " +
    "will with would you your"
  ).split(" "),
);
