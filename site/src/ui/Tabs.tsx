import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'

export interface Tab {
  readonly id: string
  readonly label: ComponentChildren
}

interface TabsProps {
  /** Prefix of the ids that tie tabs to their panels. */
  readonly name: string
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly active: string
  onSelect(id: string): void
}

export const tabId = (name: string, id: string): string => `${name}-tab-${id.replaceAll(/[^\w-]/g, '_')}`
export const panelId = (name: string, id: string): string => `${name}-panel-${id.replaceAll(/[^\w-]/g, '_')}`

/** A row of ARIA tabs: one stop for the Tab key, arrows, Home and End between them. */
export const Tabs = ({ name, label, tabs, active, onSelect }: TabsProps) => {
  const row = useRef<HTMLDivElement>(null)
  const move = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(({ id }) => id === active)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key]
    const next = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length]
    if (!next) return
    event.preventDefault()
    onSelect(next.id)
    row.current?.querySelector<HTMLElement>(`#${tabId(name, next.id)}`)?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label={label} ref={row} onKeyDown={move}>
      {tabs.map(({ id, label: text }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={tabId(name, id)}
          aria-selected={id === active}
          aria-controls={panelId(name, id)}
          tabIndex={id === active ? 0 : -1}
          onClick={() => onSelect(id)}
        >
          {text}
        </button>
      ))}
    </div>
  )
}
