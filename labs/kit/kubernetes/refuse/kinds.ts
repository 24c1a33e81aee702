import type { Complaint } from '../complaint.ts'
import { type Fields, fieldsOf, type Manifest } from '../read/manifest.ts'
import { bindingComplaints, roleComplaints } from './access.ts'
import { limitRange, priorityClass, resourceQuota } from './budgets.ts'
import { definitionComplaints, webhookComplaints } from './extensions.ts'
import { cronComplaints, jobComplaints } from './jobs.ts'
import { ingress, networkPolicy } from './network.ts'
import { autoscalerComplaints, budgetComplaints } from './scaling.ts'
import { secretComplaints } from './secrets.ts'
import { serviceComplaints } from './service.ts'
import { claimComplaints, storageClass, volumeOfCluster } from './storage.ts'
import { daemonComplaints, deploymentComplaints, statefulComplaints, workloadComplaints } from './workload.ts'

type Rules = (manifest: Manifest, spec: Fields) => Complaint[]

/** A map, because a kind may be called `constructor`. */
const KINDS: ReadonlyMap<string, Rules> = new Map(
  Object.entries<Rules>({
    Deployment: (manifest, spec) => [...workloadComplaints(manifest, spec), ...deploymentComplaints(spec)],
    StatefulSet: (manifest, spec) => [...workloadComplaints(manifest, spec), ...statefulComplaints(spec)],
    DaemonSet: (manifest, spec) => [...workloadComplaints(manifest, spec), ...daemonComplaints(spec)],
    ReplicaSet: workloadComplaints,
    ReplicationController: workloadComplaints,
    Job: (_, spec) => jobComplaints(spec, ['spec']),
    CronJob: (_, spec) => cronComplaints(spec),
    Service: (_, spec) => serviceComplaints(spec),
    NetworkPolicy: (_, spec) => networkPolicy(spec),
    Ingress: ingress,
    HorizontalPodAutoscaler: (_, spec) => autoscalerComplaints(spec),
    PodDisruptionBudget: (_, spec) => budgetComplaints(spec),
    Secret: secretComplaints,
    PersistentVolumeClaim: (_, spec) => claimComplaints(spec, ['spec']),
    PersistentVolume: (_, spec) => volumeOfCluster(spec),
    StorageClass: storageClass,
    Role: roleComplaints,
    ClusterRole: roleComplaints,
    RoleBinding: bindingComplaints,
    ClusterRoleBinding: bindingComplaints,
    PriorityClass: priorityClass,
    LimitRange: (_, spec) => limitRange(spec),
    ResourceQuota: (_, spec) => resourceQuota(spec),
    CustomResourceDefinition: definitionComplaints,
    ValidatingWebhookConfiguration: webhookComplaints,
    MutatingWebhookConfiguration: webhookComplaints,
  }),
)

/** What an API server refuses about objects of one kind beyond their schema. Each kind's rules name the validation they follow. */
export const kindComplaints = (manifest: Manifest): Complaint[] =>
  KINDS.get(manifest.kind)?.(manifest, fieldsOf(manifest.value['spec'])) ?? []
