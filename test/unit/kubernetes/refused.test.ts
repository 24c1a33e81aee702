import { describe, expect, test } from 'vitest'
import { checkManifests, describeFinding } from '../../../labs/kit/kubernetes/index.ts'
import { REFUSED_CASES } from './refused-cases.ts'
import { RIGHT } from './right-objects.ts'

const findingsOf = (text: string): ReturnType<typeof checkManifests>['findings'] =>
  checkManifests({ 'a.yaml': text }).findings.filter(({ level }) => level === 'error' || level === 'refused')

describe('what the validation of an API server refuses', () => {
  test.each(REFUSED_CASES)('%s is found at its place and told with its values', (_, text, rule, at) => {
    const [found, ...more] = findingsOf(text)
    const line = text.split('\n')[(found?.at.line ?? 1) - 1] ?? ''
    expect([found?.rule, line.slice((found?.at.column ?? 1) - 1).slice(0, at.length), more.length]).toEqual([rule, at, 0])
    if (found === undefined) return
    const { en, ja } = describeFinding(found).because
    expect(`${en}${ja}`).not.toMatch(/[{}](?![^`]*`)|undefined/)
  })
})

describe('what it accepts', () => {
  test.each(RIGHT)('%s', (_, text) => {
    expect(findingsOf(text)).toEqual([])
  })
})
