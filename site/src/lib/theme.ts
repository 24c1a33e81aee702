export type Theme = 'light' | 'dark'

/** What the page is drawn in: the learner's choice, or the machine's where there is none. */
export const themeNow = (): Theme => (document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark')

/** Calls back whenever the page is drawn in another theme, until what it returns is called: for what CSS does not reach. */
export const onTheme = (changed: (theme: Theme) => void): (() => void) => {
  const observer = new MutationObserver(() => changed(themeNow()))
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => observer.disconnect()
}
