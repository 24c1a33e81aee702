import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { patiently } from '../lib/patiently.ts'

/** A component whose code is fetched when it is first shown; until then `placeholder` stands in its place. */
export const lazily = <P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P & { placeholder: string }> => {
  let loaded: ComponentType<P> | undefined
  return ({ placeholder, ...props }) => {
    const [, arrived] = useState(0)
    useEffect(() => {
      if (loaded) return
      let here = true
      void patiently(load).then((component) => {
        loaded = component
        if (here) arrived(1)
      })
      return () => {
        here = false
      }
    }, [])
    const Loaded = loaded as ComponentType<Record<string, unknown>> | undefined
    return Loaded ? <Loaded {...(props as Record<string, unknown>)} /> : <p class="lead">{placeholder}</p>
  }
}
