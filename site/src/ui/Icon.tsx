import type { JSX } from 'preact'

/** Every sign of the interface: told apart by shape, never by colour alone. */
const SHAPES = {
  passed: (
    <>
      <circle cx="8" cy="8" r="7" class="fill" />
      <path d="m4.8 8.3 2.2 2.2 4.3-4.8" class="on-fill" />
    </>
  ),
  failed: (
    <>
      <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" class="fill" />
      <path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" class="on-fill" />
    </>
  ),
  exhausted: (
    <>
      <path d="M2.2 12.5a7 7 0 1 1 11.6 0z" class="fill" />
      <path d="m8 9.5 3-4" class="on-fill" />
    </>
  ),
  rejected: (
    <>
      <path d="M2 1.5h8.5L14 5v9.5H2z" class="fill" />
      <path d="M8 5v4.2M8 11.6v.2" class="on-fill" />
    </>
  ),
  incomplete: (
    <>
      <circle cx="8" cy="8" r="6.3" class="line" />
      <path d="M8 1.7a6.3 6.3 0 0 0 0 12.6z" class="fill" />
    </>
  ),
  faulted: (
    <>
      <path d="M8 1.2 15.2 14H.8z" class="fill" />
      <path d="M8 5.8v4M8 11.8v.2" class="on-fill" />
    </>
  ),
  skipped: (
    <>
      <circle cx="8" cy="8" r="6.3" class="line" />
      <path d="M5 8h6" class="line" />
    </>
  ),
  open: <circle cx="8" cy="8" r="6.3" class="line dots" />,
  running: (
    <>
      <circle cx="8" cy="8" r="6.3" class="line faint" />
      <path d="M8 1.7A6.3 6.3 0 0 1 14.3 8" class="line arc" />
    </>
  ),
  lost: (
    <>
      <path d="M6 10 3.6 12.4a2.6 2.6 0 0 1-3-3L3 7M10 6l2.4-2.4a2.6 2.6 0 0 1 3 3L13 9M3 3l10 10" class="line" />
    </>
  ),
  linked: (
    <>
      <path d="M6.5 9.5 9.5 6.5M7 4.5 9 2.6a3 3 0 0 1 4.3 4.3l-2 2M9 11.5l-2 1.9a3 3 0 0 1-4.3-4.3l2-2" class="line" />
    </>
  ),
  lock: (
    <>
      <rect x="3" y="7" width="10" height="7.5" rx="1.2" class="fill" />
      <path d="M5 7V5a3 3 0 0 1 6 0v2" class="line" />
    </>
  ),
  queue: <path d="M2 4h12M2 8h8M2 12h4" class="line" />,
  chevron: <path d="m6 3.5 4.5 4.5L6 12.5" class="line" />,
  next: <path d="M2.5 8h10M8.5 3.5 13 8l-4.5 4.5" class="line" />,
  enlarge: <path d="M9.5 2H14v4.5M14 2 9 7M6.5 14H2V9.5M2 14l5-5" class="line" />,
} satisfies Record<string, JSX.Element>

export type IconName = keyof typeof SHAPES

/** Decorative: the words beside it say the same. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg class={`shape shape-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    {SHAPES[name]}
  </svg>
)
