import type { Step } from '../../contract.ts'
import { Jar } from './jar.ts'
import type { Answer } from './request.ts'

/** What one visitor knows: cookies, and what earlier answers told. */
export interface Visitor {
  readonly number: number
  readonly jar: Jar
  readonly values: Map<string, string>
}

export const newVisitor = (number: number): Visitor => ({ number, jar: new Jar(), values: new Map([['visitor', String(number)]]) })

/** Keeps what a step wants of its answer. What is not there is forgotten, so that no later step sends what belongs to an earlier one. */
export const learn = (visitor: Visitor, step: Step, answer: Answer | undefined): void => {
  for (const [name, from] of Object.entries(step.capture ?? {})) {
    const found = answer && ('header' in from ? answer.headers[from.header.toLowerCase()] : valueAt(answer.body, from.json))
    if (found === undefined) visitor.values.delete(name)
    else visitor.values.set(name, String(found))
  }
}

/** The text, number or truth at `order.items.0.id` of a JSON text. */
const valueAt = (body: string, path: string): string | number | boolean | undefined => {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return undefined
  }
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined
}
