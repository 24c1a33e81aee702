/** An API version of some kinds that Kubernetes no longer serves. */
export interface RemovedApi {
  readonly apiVersion: string
  readonly kinds: readonly string[]
  /** First release without it. */
  readonly removedIn: string
  /** What to write instead; undefined where nothing took its place. */
  readonly replacement?: string
  /** First release that serves the replacement. */
  readonly since?: string
}

/** A kind that is still served and announced to go or superseded. */
export interface DeprecatedApi {
  readonly apiVersion: string
  readonly kinds: readonly string[]
  readonly deprecatedIn: string
  readonly replacement?: string
}

/**
 * Source: Kubernetes documentation, "Deprecated API Migration Guide" (kubernetes/website,
 * content/en/docs/reference/using-api/deprecation-guide.md), read in November 2026.
 */
export const removedApis: readonly RemovedApi[] = [
  {
    apiVersion: 'extensions/v1beta1',
    kinds: ['DaemonSet', 'Deployment', 'ReplicaSet'],
    removedIn: '1.16',
    replacement: 'apps/v1',
    since: '1.9',
  },
  { apiVersion: 'extensions/v1beta1', kinds: ['NetworkPolicy'], removedIn: '1.16', replacement: 'networking.k8s.io/v1', since: '1.8' },
  { apiVersion: 'extensions/v1beta1', kinds: ['PodSecurityPolicy'], removedIn: '1.16' },
  { apiVersion: 'extensions/v1beta1', kinds: ['DeploymentRollback', 'Scale'], removedIn: '1.16' },
  { apiVersion: 'extensions/v1beta1', kinds: ['Ingress'], removedIn: '1.22', replacement: 'networking.k8s.io/v1', since: '1.19' },
  {
    apiVersion: 'apps/v1beta1',
    kinds: ['ControllerRevision', 'Deployment', 'ReplicaSet', 'StatefulSet'],
    removedIn: '1.16',
    replacement: 'apps/v1',
    since: '1.9',
  },
  { apiVersion: 'apps/v1beta1', kinds: ['DeploymentRollback', 'Scale'], removedIn: '1.16' },
  {
    apiVersion: 'apps/v1beta2',
    kinds: ['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
    removedIn: '1.16',
    replacement: 'apps/v1',
    since: '1.9',
  },
  { apiVersion: 'apps/v1beta2', kinds: ['DeploymentRollback', 'Scale'], removedIn: '1.16' },
  { apiVersion: 'settings.k8s.io/v1alpha1', kinds: ['PodPreset'], removedIn: '1.20' },
  { apiVersion: 'batch/v2alpha1', kinds: ['CronJob'], removedIn: '1.21', replacement: 'batch/v1', since: '1.21' },
  {
    apiVersion: 'admissionregistration.k8s.io/v1beta1',
    kinds: ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
    removedIn: '1.22',
    replacement: 'admissionregistration.k8s.io/v1',
    since: '1.16',
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1beta1',
    kinds: ['CustomResourceDefinition'],
    removedIn: '1.22',
    replacement: 'apiextensions.k8s.io/v1',
    since: '1.16',
  },
  {
    apiVersion: 'apiregistration.k8s.io/v1beta1',
    kinds: ['APIService'],
    removedIn: '1.22',
    replacement: 'apiregistration.k8s.io/v1',
    since: '1.10',
  },
  {
    apiVersion: 'authentication.k8s.io/v1beta1',
    kinds: ['TokenReview'],
    removedIn: '1.22',
    replacement: 'authentication.k8s.io/v1',
    since: '1.6',
  },
  {
    apiVersion: 'authorization.k8s.io/v1beta1',
    kinds: ['LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'],
    removedIn: '1.22',
    replacement: 'authorization.k8s.io/v1',
    since: '1.6',
  },
  {
    apiVersion: 'certificates.k8s.io/v1beta1',
    kinds: ['CertificateSigningRequest'],
    removedIn: '1.22',
    replacement: 'certificates.k8s.io/v1',
    since: '1.19',
  },
  { apiVersion: 'coordination.k8s.io/v1beta1', kinds: ['Lease'], removedIn: '1.22', replacement: 'coordination.k8s.io/v1', since: '1.14' },
  {
    apiVersion: 'networking.k8s.io/v1beta1',
    kinds: ['Ingress', 'IngressClass'],
    removedIn: '1.22',
    replacement: 'networking.k8s.io/v1',
    since: '1.19',
  },
  ...['v1alpha1', 'v1beta1'].map((version) => ({
    apiVersion: `rbac.authorization.k8s.io/${version}`,
    kinds: ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
    removedIn: '1.22',
    replacement: 'rbac.authorization.k8s.io/v1',
    since: '1.8',
  })),
  ...['v1alpha1', 'v1beta1'].map((version) => ({
    apiVersion: `scheduling.k8s.io/${version}`,
    kinds: ['PriorityClass'],
    removedIn: '1.22',
    replacement: 'scheduling.k8s.io/v1',
    since: '1.14',
  })),
  {
    apiVersion: 'storage.k8s.io/v1beta1',
    kinds: ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'],
    removedIn: '1.22',
    replacement: 'storage.k8s.io/v1',
  },
  { apiVersion: 'batch/v1beta1', kinds: ['CronJob'], removedIn: '1.25', replacement: 'batch/v1', since: '1.21' },
  {
    apiVersion: 'discovery.k8s.io/v1beta1',
    kinds: ['EndpointSlice'],
    removedIn: '1.25',
    replacement: 'discovery.k8s.io/v1',
    since: '1.21',
  },
  { apiVersion: 'events.k8s.io/v1beta1', kinds: ['Event'], removedIn: '1.25', replacement: 'events.k8s.io/v1', since: '1.19' },
  {
    apiVersion: 'autoscaling/v2beta1',
    kinds: ['HorizontalPodAutoscaler'],
    removedIn: '1.25',
    replacement: 'autoscaling/v2',
    since: '1.23',
  },
  { apiVersion: 'policy/v1beta1', kinds: ['PodDisruptionBudget'], removedIn: '1.25', replacement: 'policy/v1', since: '1.21' },
  { apiVersion: 'policy/v1beta1', kinds: ['PodSecurityPolicy'], removedIn: '1.25' },
  { apiVersion: 'policy/v1beta1', kinds: ['Eviction'], removedIn: '1.25', replacement: 'policy/v1', since: '1.22' },
  ...['v1alpha1', 'v1beta1'].map((version) => ({
    apiVersion: `node.k8s.io/${version}`,
    kinds: ['RuntimeClass'],
    removedIn: '1.25',
    replacement: 'node.k8s.io/v1',
    since: '1.20',
  })),
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta1',
    kinds: ['FlowSchema', 'PriorityLevelConfiguration'],
    removedIn: '1.26',
    replacement: 'flowcontrol.apiserver.k8s.io/v1',
    since: '1.29',
  },
  {
    apiVersion: 'autoscaling/v2beta2',
    kinds: ['HorizontalPodAutoscaler'],
    removedIn: '1.26',
    replacement: 'autoscaling/v2',
    since: '1.23',
  },
  {
    apiVersion: 'storage.k8s.io/v1beta1',
    kinds: ['CSIStorageCapacity'],
    removedIn: '1.27',
    replacement: 'storage.k8s.io/v1',
    since: '1.24',
  },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta2',
    kinds: ['FlowSchema', 'PriorityLevelConfiguration'],
    removedIn: '1.29',
    replacement: 'flowcontrol.apiserver.k8s.io/v1',
    since: '1.29',
  },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta3',
    kinds: ['FlowSchema', 'PriorityLevelConfiguration'],
    removedIn: '1.32',
    replacement: 'flowcontrol.apiserver.k8s.io/v1',
    since: '1.29',
  },
]

/**
 * Sources: the API's own deprecation notices (Endpoints: Kubernetes 1.33 release, KEP-4974; ComponentStatus: 1.19).
 */
export const deprecatedApis: readonly DeprecatedApi[] = [
  { apiVersion: 'v1', kinds: ['Endpoints'], deprecatedIn: '1.33', replacement: 'discovery.k8s.io/v1 EndpointSlice' },
  { apiVersion: 'v1', kinds: ['ComponentStatus'], deprecatedIn: '1.19' },
]
