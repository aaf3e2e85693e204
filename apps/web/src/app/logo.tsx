/** A service bell. */
export const Logo = ({ size = 36 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden className="shrink-0">
    <rect width="64" height="64" rx="15" fill="#0f766e" />
    <path d="M14 40a18 18 0 0 1 36 0z" fill="#fff" />
    <rect x="10" y="43" width="44" height="5" rx="2.5" fill="#fff" />
    <circle cx="32" cy="17.5" r="3.5" fill="#fff" />
  </svg>
);
