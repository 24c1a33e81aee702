import type { Language } from '../../labs/kit/finding.ts'
import { en, type Words } from './words/en.ts'
import { ja } from './words/ja.ts'

export type { Words }

const WORDS = { en, ja } satisfies Record<Language, Words>

/** Every word of the interface in one language. */
export const wordsOf = (language: Language): Words => WORDS[language]
