import { useEffect, useState } from 'preact/hooks'
import type { Language } from '../../../labs/kit/finding.ts'

/** Sent on `document` after the page around the workspace was exchanged for the other language. */
export const LANGUAGE_EVENT = 'hatoba:language'

export const isLanguage = (value: string | undefined): value is Language => value === 'en' || value === 'ja'

/** The language of the page, following a switch in place. */
export const useLanguage = (initial: Language): Language => {
  const [language, setLanguage] = useState(initial)
  useEffect(() => {
    const follow = (): void => {
      const { lang } = document.documentElement
      if (isLanguage(lang)) setLanguage(lang)
    }
    document.addEventListener(LANGUAGE_EVENT, follow)
    return () => document.removeEventListener(LANGUAGE_EVENT, follow)
  }, [])
  return language
}
