import { expect, test } from 'vitest'
import { checkManifests, describeFinding, LINT_RULES, RULE_TEXT } from '../../../labs/kit/kubernetes/index.ts'
import { differences } from '../../../labs/kit/text.ts'

test('every rule says the same in both languages', () => {
  const of = (language: 'en' | 'ja'): unknown => ({
    checks: Object.fromEntries(
      Object.entries(RULE_TEXT).map(([rule, { hint, ...text }]) => [rule, { because: text[language], hint: hint?.[language] ?? '' }]),
    ),
  })
  expect(differences({ en: of('en'), ja: of('ja') })).toEqual([])
})

test('every lint rule names where it comes from', () => {
  for (const { id, sources } of LINT_RULES) expect(sources.length, id).toBeGreaterThan(0)
})

test('a finding is filled with what was seen', () => {
  const [finding] = checkManifests({
    'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: b, imagePullPolice: x}]}\n',
  }).findings
  expect(finding && describeFinding(finding).because).toEqual({
    en: '`imagePullPolice` is not a field of `containers[0]`. There is a `imagePullPolicy`.',
    ja: '`containers[0]` に `imagePullPolice` というフィールドはありません。似た名前に `imagePullPolicy` があります。',
  })
})
