import type { Language } from '../../../labs/kit/finding.ts'
import descriptionsAddress from '../../../labs/kit/kubernetes/schema/descriptions.json?url'
import { type Descriptions, type JsonSchema, type Structure, toEditorSchema } from '../../../labs/kit/kubernetes/schema/editor.ts'
import structureAddress from '../../../labs/kit/kubernetes/schema/structure.json?url'
import { fetched } from './fetched.ts'

const NO_KIND = {
  en: (apiVersion: string) => `Kubernetes has no kind of this name in ${apiVersion}.`,
  ja: (apiVersion: string) => `${apiVersion} にこの名前の種類 (kind) はありません。`,
} as const satisfies Record<Language, unknown>

/** The schema of every kind, offering `kinds`, with our own words in the language asked for. */
export const loadSchema = async (kinds: readonly string[]): Promise<(language: Language) => JsonSchema> => {
  const [structure, descriptions] = await Promise.all([read<Structure>(structureAddress), read<Descriptions>(descriptionsAddress)])
  return (language) => toEditorSchema(structure, descriptions, { offers: kinds, noKind: NO_KIND[language] })
}

const read = async <T>(address: string): Promise<T> => JSON.parse(await fetched(address)) as T
