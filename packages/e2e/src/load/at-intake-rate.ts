/** How quickly turns are begun: what DESIGN §12 asks of the intake. */
const STARTS_PER_SECOND = 50;

/** Begins one after the other, at the rate that the intake is held to; resolves when all have ended. */
export async function atIntakeRate<Item>(
  items: readonly Item[],
  run: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const running: Promise<void>[] = [];
  for (const [index, item] of items.entries()) {
    running.push(run(item, index));
    await new Promise((resolve) => setTimeout(resolve, 1_000 / STARTS_PER_SECOND));
  }
  await Promise.all(running);
}
