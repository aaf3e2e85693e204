/** Stands where something will be, so that nothing jumps when it is there. */
export const Skeleton = ({ lines = 3 }: { lines?: number }) => (
  <div className="grid gap-3 p-4" aria-hidden>
    {Array.from({ length: lines }, (_, line) => (
      <div key={line} className="h-4 animate-pulse rounded bg-hover odd:w-3/4" />
    ))}
  </div>
);
