import type { ComponentChildren, Ref } from 'preact'

interface ScrollBoxProps {
  readonly label: string
  readonly children: ComponentChildren
  readonly box?: Ref<HTMLElement>
}

/** Content larger than its place: scrolls, and can be entered with the Tab key to scroll it with the arrow keys. */
export const ScrollBox = ({ label, children, box }: ScrollBoxProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable without a pointer
  <section class="scroll-table" tabIndex={0} aria-label={label} {...(box === undefined ? {} : { ref: box })}>
    {children}
  </section>
)
