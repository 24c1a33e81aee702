import { z } from 'zod'

/** What a Pod of the catalogue counted: questions, and the connections that they came over. */
export const accountSchema = z.object({ requests: z.number(), connections: z.number() })
export type Account = z.infer<typeof accountSchema>
