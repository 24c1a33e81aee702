/** What is wrong, the manifest, the rule, and the text that the finding must point at. */
export type RefusedCase = readonly [what: string, text: string, rule: string, at: string]

/** An object named `a`: its `apiVersion kind`, and the rest of it as YAML. */
export const of = (type: string, rest: string): string => {
  const [apiVersion, kind] = type.split(' ')
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n${rest}\n`
}
