import { describe, expect, test } from 'vitest'
import { readManifests } from '../../../labs/kit/kubernetes/index.ts'
import { ApiError } from '../../../runner/sandbox/kubernetes/fault.ts'
import { parseFieldPath } from '../../../runner/sandbox/kubernetes/field-path.ts'
import { podSecurityRefusals, toRefusals } from '../../../runner/sandbox/kubernetes/refusal.ts'

const text = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {a.b/c: d}
spec:
  template:
    spec:
      securityContext:
        runAsUser: 0
      containers:
        - name: side
        - name: web
          image: x
          securityContext:
            privileged: true
`
const [web] = readManifests('web.yaml', text).manifests
if (web === undefined) throw new Error('no manifest')

test.each([
  ['spec.template.spec.containers[1].image', ['spec', 'template', 'spec', 'containers', 1, 'image']],
  ['.spec.template.spec.containers[name="web"].imag', ['spec', 'template', 'spec', 'containers', 1, 'imag']],
  ['.spec.template.spec.containers[name="gone"].image', ['spec', 'template', 'spec', 'containers']],
  ['metadata.labels[a.b/c]', ['metadata', 'labels', 'a.b/c']],
  ['spec.resources.limits[cpu]', ['spec', 'resources', 'limits', 'cpu']],
])('the field %s is a path', (field, path) => {
  expect(parseFieldPath(field, web.value)).toEqual(path)
})

describe("an API server's no", () => {
  const no = (code: number, message: string, causes: object[] = []) =>
    toRefusals(web, new ApiError(code, { message, reason: '', details: { causes } }, 'PATCH'), true)?.map(
      ({ reason, at }) => `${reason} ${at.line}:${at.column}`,
    )

  test('has one refusal for each cause, at its place', () => {
    const causes = [
      { message: 'Required value', field: 'spec.template.spec.containers[0].image' },
      { message: 'Invalid value', field: 'spec.template.spec.containers[1].securityContext.privileged' },
    ]
    expect(no(422, 'invalid', causes)).toEqual(['invalid 12:11', 'invalid 16:13'])
  })

  test.each([
    [
      500,
      'failed to create typed patch object (a/web; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="web"].imag: field not declared in schema',
      ['invalid 13:11'],
    ],
    [
      403,
      'deployments.apps "web" is forbidden: User "x" cannot patch resource "deployments" in API group "apps" in the namespace "a"',
      ['kind 2:1'],
    ],
    [403, 'pods "web" is forbidden: exceeded quota: hatoba, requested: pods=1', ['quota 7:3']],
    [409, 'the object has been modified', ['conflict 4:3']],
    [503, 'starting', undefined],
    [401, 'Unauthorized', undefined],
  ])('%d is told apart: %s', (code, message, refusals) => {
    expect(no(code, message)).toEqual(refusals)
  })
})

test('Pod Security is told at the setting, of the Pod where the Pod has it', () => {
  const warning =
    'would violate PodSecurity "restricted:latest": privileged (container "web" must not set securityContext.privileged=true), runAsUser=0 (pod must not set runAsUser=0), seccompProfile (pod or containers "side", "web" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'
  expect(podSecurityRefusals(web, warning).map(({ message, at }) => [at.line, message])).toEqual([
    [16, 'would violate PodSecurity "restricted:latest": privileged (container "web" must not set securityContext.privileged=true)'],
    [10, 'would violate PodSecurity "restricted:latest": runAsUser=0 (pod must not set runAsUser=0)'],
    [12, expect.stringContaining('seccompProfile')],
  ])
})
