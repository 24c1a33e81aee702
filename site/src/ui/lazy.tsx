import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** A component whose code is fetched when it is first shown; until then `placeholder` stands in its place. */
export const lazily = <P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P & { placeholder: string }> => {
  let loaded: ComponentType<P> | undefined
  return ({ placeholder, ...props }) => {
    const [, arrived] = useState(0)
    useEffect(() => {
      if (loaded) return
      let here = true
      void load().then((component) => {
        loaded = component
        if (here) arrived(1)
      })
      return () => {
        here = false
      }
    }, [])
    const Loaded = loaded as ComponentType<object> | undefined
    return Loaded ? <Loaded {...props} /> : <p class="lead">{placeholder}</p>
  }
}
