import { describe, expect, test } from 'vitest'
import { checkManifests, describeFinding, LINT_RULES, lintManifests, type ManifestFinding } from '../../../labs/kit/kubernetes/index.ts'
import { sharedJson, sharedText } from './corpus.ts'

interface Index {
  readonly accept: readonly { readonly file: string; readonly objects: readonly string[] }[]
  readonly reject: readonly { readonly file: string; readonly expect: string; readonly complaint: string }[]
  readonly lint: readonly { readonly file: string; readonly tool: string; readonly check: string; readonly expect: string }[]
}

const FOLDER = 'corpus/kubernetes'
const index = sharedJson<Index>(`${FOLDER}/index.json`)
const read = (file: string): ReturnType<typeof checkManifests> => checkManifests({ [file]: sharedText(`${FOLDER}/${file}`) })
const show = (findings: readonly ManifestFinding[]): string[] =>
  findings.map((finding) => `${finding.rule} ${finding.at.line}:${finding.at.column} ${describeFinding(finding).because.en}`)

/** What the findings must say for each form of complaint in the index. */
const meets = (complaint: string, findings: readonly ManifestFinding[]): boolean => {
  const has = (rule: RegExp, path?: string): boolean =>
    findings.some((finding) => rule.test(finding.rule) && (path === undefined || finding.path === path))
  return complaint.split('; ').every((part) => {
    const field = /^\$\.(?<path>\S+): (?<what>missing required|unknown field|expected)( (?<name>\w+))?/.exec(part)?.groups
    if (field?.['what'] === 'missing required') return has(/^field\.missing$/, `${field['path']}.${field['name']}`)
    if (field?.['what'] === 'unknown field') return has(/^field\.unknown/, field['path'])
    if (field?.['what'] === 'expected') return has(/^field\.(type|whole|quote|unquote)$/, field['path'])
    if (part.includes('appears twice')) return has(/^yaml\.duplicate-key$/)
    if (part.includes('is not a field of')) return has(/^field\.unknown/, part.split(' ')[0])
    if (part.includes("missing 'kind'")) return has(/^manifest\.no-kind$/)
    // "use ..." is advice of the line before it.
    return /^use /.test(part) || has(/^api\./)
  })
}

describe.skipIf(index === undefined)('every manifest that the API definitions accept', () => {
  test.each(index?.accept ?? [])('$file is read as its objects and has their shape', ({ file, objects }) => {
    const { manifests, findings } = read(file)
    expect(manifests.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`)).toEqual(objects)
    expect(show(findings.filter(({ level }) => level === 'error'))).toEqual([])
  })
})

describe.skipIf(index === undefined)('every manifest that must be refused', () => {
  test.each(index?.reject ?? [])('$file is: $complaint', ({ file, expect: expected, complaint }) => {
    const { findings } = read(file)
    const level = expected === 'unknown-kind' ? 'unknown' : 'error'
    const said = findings.filter((finding) => finding.level === level)
    expect(meets(complaint, said), show(findings).join('\n')).toBe(true)
  })
})

/** Checks of other tools that are here not lint, because an API server refuses what they find. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'kube-linter invalid-target-ports': /^(name|field)\.port$/,
  'kube-linter mismatching-selector': /^selector\.mismatch$/,
  'kube-linter schema-validation': /^field\./,
  'kube-linter template-kubeconform': /^field\./,
  'kube-linter no-extensions-v1beta': /^api\./,
  'kube-linter target-port-specification': /^(name|field)\.port$/,
  'kube-score Container Ports Check': /^(pod\.port-name-twice|name\.port|field\.(missing|port))$/,
  'kube-score CronJob RestartPolicy': /^pod\.restart-policy$/,
  'kube-score Deployment Pod Selector labels match template metadata labels': /^selector\.(mismatch|empty)$/,
  'kube-score Label values': /^name\.label-value$/,
  'kube-score StatefulSet Pod Selector labels match template metadata labels': /^selector\.(mismatch|empty)$/,
  'kube-score Stable version': /^api\.(removed|replaced|deprecated)$/,
  'kube-score Pod Topology Spread Constraints': /^(field\.(least|choice|missing|empty)|spread\.)/,
}

describe.skipIf(index === undefined)('every lint fixture', () => {
  test.for(index?.lint ?? [])('$file: $tool $check finds $expect', ({ file, tool, check, expect: expected }) => {
    const source = `${tool} ${check}`
    const rules = [...new Set(LINT_RULES.filter(({ sources }) => sources.includes(source)).map(({ id }) => id))]
    expect(rules.length > 0 || REFUSED[source] !== undefined, `no rule for ${source}`).toBe(true)
    const { manifests, findings } = read(file)
    const said = [
      ...lintManifests(manifests, {
        rules,
        forbiddenAnnotations: { 'reloader.stakater.com/auto': 'true' },
        claimAnnotations: ['required-annotation'],
      }),
      ...findings.filter(({ rule }) => REFUSED[source]?.test(rule)),
    ]
    expect(said.length > 0 ? 'complaint' : 'clean', show(said).join('\n')).toBe(expected)
    // A place is a place: every finding points into its file.
    const lines = sharedText(`${FOLDER}/${file}`).split('\n').length
    for (const { at } of said) expect(at.line).toBeLessThanOrEqual(lines)
  })
})
