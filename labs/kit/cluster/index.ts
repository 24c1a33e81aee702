export { eventTable, podMarks, podTable, servingPods, thinned } from './evidence.ts'
export {
  DEPLOYMENT,
  type DeploymentState,
  deploymentState,
  isRolledOut,
  POD,
  type PodContainer,
  type PodState,
  podState,
} from './objects.ts'
export { notServing, type Uncalm, untilCalm } from './serving.ts'
export { type Watch, watchObjects } from './watch.ts'
export {
  type Acceptable,
  acceptable,
  applyWork,
  configMapOf,
  containerOf,
  manifestsIn,
  refusedAnswer,
  releaseOf,
  serviceAddress,
} from './work.ts'
