import { ACCESS_TEXT } from './lint-access.ts'
import { GATEWAY_TEXT } from './lint-gateway.ts'
import { OBJECT_TEXT } from './lint-object.ts'
import { POD_TEXT } from './lint-pod.ts'

/** What an API server accepts and is still unwise. */
export const LINT_TEXT = { ...POD_TEXT, ...ACCESS_TEXT, ...OBJECT_TEXT, ...GATEWAY_TEXT } as const

export type LintId = keyof typeof LINT_TEXT
