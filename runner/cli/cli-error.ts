/** citty's error for arguments that it cannot place; the class itself is not exported. */
export const CLIError = {
  is: (thrown: unknown): thrown is Error => thrown instanceof Error && thrown.name === 'CLIError',
}
