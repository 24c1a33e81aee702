import type { BuiltImage, Service } from '../../kit/index.ts'

/** What the notice says in the image, and what somebody makes of it in the running container. */
export const PRINTED = 'from 9 to 18'
export const WRITTEN = 'from 9 to 20'

/** A file in which the hand found the notice, and whether it could be changed there. */
export interface Touched {
  readonly path: string
  readonly changed: boolean
}

/** Looks at the files given and through the writable folders; tells of each whether it could be changed. */
const SCRIPT = [
  'from=$1; to=$2; shift 2',
  '{ for file; do echo "$file"; done; grep -rlsF -- "$from" /work /tmp; } | sort -u | while IFS= read -r file; do',
  '  grep -qsF -- "$from" "$file" || continue',
  '  if sed -i "s/$from/$to/g" "$file" 2> /dev/null; then echo "changed $file"; else echo "refused $file"; fi',
  'done',
].join('\n')

/** Changes the notice wherever it stands in a running container, as far as the container lets its own user. */
export const editByHand = async (service: Service, image: BuiltImage, signal: AbortSignal): Promise<readonly Touched[]> => {
  const inImage = (await image.find(Buffer.from(PRINTED))).map(({ path }) => `/${path}`)
  const done = await service.inside(['/bin/sh', '-c', SCRIPT, 'sh', PRINTED, WRITTEN, ...new Set(inImage)], { signal })
  return Buffer.from(done?.stdout ?? [])
    .toString('utf8')
    .split('\n')
    .map((line) => /^(changed|refused) (.+)$/.exec(line))
    .flatMap((found) => (found ? [{ path: found[2] ?? '', changed: found[1] === 'changed' }] : []))
}
