export type {
  Balancer,
  BuildResult,
  BuiltImage,
  Capability,
  Degradation,
  Disturbance,
  ExecResult,
  Exit,
  FoundFile,
  InsideResult,
  LogLine,
  Process,
  RatePoint,
  RequestRecord,
  RequestTemplate,
  RotationChange,
  Sandbox,
  Service,
  ServiceSpec,
  Stats,
  Step,
  Timeline,
  Traffic,
  TrafficPlan,
  Walls,
} from '../../runner/sandbox/contract.ts'
export type {
  Applied,
  Cluster,
  ClusterEvent,
  ClusterObject,
  KindRef,
  ObjectRef,
  Refusal,
  Seen,
  Waited,
} from '../../runner/sandbox/contract-cluster.ts'
export { ask } from './ask.ts'
export { DEFAULT_CAPABILITIES } from './capabilities.ts'
export type { Evidence, EvidenceKind, Mark, MarkKind } from './evidence.ts'
export type { Answer, At, Finding, FindingStatus, Language, Localized, Outcome, Tier, Values, Verdict } from './finding.ts'
export { exhausted, fail, LANGUAGES, OUTCOMES, pass, reject, TIERS } from './finding.ts'
export { type Form, readForm } from './form/read.ts'
export { parseable, type SyntaxProblem, syntaxAnswer, syntaxProblem } from './javascript.ts'
export type { Check, ClusterContext, Context, DockerNeed, Halt, KubernetesNeed, Lab, SandboxContext, SandboxNeed } from './lab.ts'
export { docker, halt, kubernetes, lab, POD_IMAGE } from './lab.ts'
export { neverReady } from './never-ready.ts'
export { felt, takePulse } from './pulse.ts'
export { saidSoFar } from './said.ts'
export { type Seeded, seeded } from './seeded.ts'
export { visible } from './visible.ts'
export { betweenLooks, happensWithin } from './wait.ts'
