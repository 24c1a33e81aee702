/** What the person at the terminal did or has can be put right by them: one sentence, and the next step. No stack trace. */
export class Complaint extends Error {
  override readonly name = 'Complaint'
  readonly fix: string

  constructor(message: string, fix: string) {
    super(message)
    this.fix = fix
  }
}
