/**
 * Who may import whom (docs/architecture.md). Types count: a type import is a dependency too.
 * @type {import('dependency-cruiser').IConfiguration}
 */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    {
      name: 'site-sees-types-of-http-and-the-kit',
      severity: 'error',
      from: { path: '^site/' },
      to: { path: '^(runner|labs)/', pathNot: ['^runner/(http|grading)/', '^runner/sandbox/contract', '^labs/kit/'] },
    },
    {
      name: 'labs-see-only-the-kit',
      severity: 'error',
      from: { path: '^labs/(?!kit/)[^/]+/' },
      to: { path: '^(runner|site|labs)/', pathNot: ['^labs/kit/', '^labs/([^/]+)/([^/]+)/'] },
    },
    {
      name: 'a-lab-does-not-see-another',
      severity: 'error',
      from: { path: '^labs/((?!kit/)[^/]+/[^/]+)/' },
      to: { path: '^labs/(?!kit/)[^/]+/[^/]+/', pathNot: '^labs/$1/' },
    },
    {
      name: 'the-kit-sees-types-of-sandbox-and-ecs',
      severity: 'error',
      from: { path: '^labs/kit/' },
      to: { path: '^runner/', pathNot: '^runner/(sandbox/contract|ecs/)' },
    },
    {
      name: 'the-kit-runs-nothing-of-the-runner',
      severity: 'error',
      from: { path: '^labs/kit/' },
      to: { path: '^runner/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'the-runner-does-not-see-labs', severity: 'error', from: { path: '^runner/' }, to: { path: '^(labs/(?!kit/)|site/)' } },
    { name: 'production-does-not-see-tests', severity: 'error', from: { path: '^(runner|labs|site)/' }, to: { path: '^test/' } },
    {
      name: 'dockerode-stays-in-its-folders',
      severity: 'error',
      from: { path: '^runner/', pathNot: '^runner/(sandbox/docker|images|engine)/' },
      to: { path: 'node_modules/(@types/)?dockerode' },
    },
    {
      name: 'client-node-stays-in-its-folder',
      severity: 'error',
      from: { path: '^runner/', pathNot: '^runner/sandbox/kubernetes/' },
      to: { path: 'node_modules/@kubernetes/client-node' },
    },
    {
      name: 'the-environment-is-read-once',
      severity: 'error',
      from: { path: '^runner/(?!cli/|environment|server|engine/)' },
      to: { path: '^runner/environment' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/starter/', '/solution/', '/alternatives/', '/mistakes/', 'site/dist', 'site/public'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
}
