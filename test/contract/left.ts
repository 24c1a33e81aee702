import type Docker from 'dockerode'

/** Names of what an instance owns, asked of the engine directly, so that the driver's own listing cannot hide what it leaves. */
export const leftIn = async (
  docker: Docker,
  instance: string,
  except: { readonly submission?: string } = {},
): Promise<readonly string[]> => {
  const filters = { label: [`hatoba=${instance}`] }
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ])
  const others = ({ Labels }: { Labels?: Readonly<Record<string, string>> | undefined }) =>
    Labels?.['hatoba.submission'] !== except.submission
  return [
    ...containers.filter(others).flatMap(({ Names }) => Names),
    ...networks.filter(others).map(({ Name }) => Name),
    ...(volumes.Volumes ?? []).filter(others).map(({ Name }) => Name),
  ]
}
