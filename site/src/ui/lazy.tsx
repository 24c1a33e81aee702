import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'

const AGAIN_MS = [300, 1000, 3000]

/** Asks again a few times: a browser drops what it is fetching when the machine's networks change, as they do when containers come and go. */
export const patiently = async <T,>(load: () => Promise<T>): Promise<T> => {
  for (const wait of AGAIN_MS) {
    try {
      return await load()
    } catch {
      await new Promise((resume) => setTimeout(resume, wait))
    }
  }
  return load()
}

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
