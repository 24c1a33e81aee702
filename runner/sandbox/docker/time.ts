/** An engine's timestamp (RFC 3339, nanoseconds) as milliseconds since the Unix epoch with fractions. */
export const toMillis = (timestamp: string): number => {
  const [, whole, fraction = '', zone] = /^([^.Z]+?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(timestamp) ?? []
  return Date.parse(`${whole}${zone}`) + Number(`0.${fraction || '0'}`) * 1000
}
